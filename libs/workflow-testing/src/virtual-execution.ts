import {
  isSettledStep,
  stepPath,
  type CommandBody,
  type DispatchRef,
  type ExecutionRecord,
  type Json,
  type StepRecord,
  type StepResult,
  type TimerRecord,
} from '@jetsaga/contracts';
import {
  ChildEndNeeded,
  ChildStartNeeded,
  heldTimerDue,
  listSteps,
  nodeAt,
  startExecution,
  transition,
  type Effect,
  type ExecutionState,
  type Plan,
  type SagaEvent,
} from '@jetsaga/workflow';
import { Agenda } from './agenda.ts';
import type { EmittedEvent, HandlerCall, Ignored, SentSignal } from './observed.ts';
import { keyOf, timerKeyOf, type Occurrence } from './occurrence.ts';
import { abortReport, laterReport, runStub, timeoutReport, type Report } from './run-stub.ts';
import type { Stubs } from './stub.ts';
import { stubFor, taskContext, workOf, type Work } from './task-context.ts';
import { durationOf } from './virtual-time.ts';
import { withRecipients } from './with-recipients.ts';
import { WorkflowTestError } from './workflow-test-error.ts';

export interface VirtualStart {
  readonly plan: Plan;
  readonly input: Json;
  readonly handlers: Stubs;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

const executionId = 'execution';
const by = 'test';
/** The whole of each delay before a retry: jitter would take something off. */
const entropy = 1 - Number.EPSILON;

/**
 * The shell around the pure core, with an agenda instead of Postgres, NATS and clocks. Its time stands still while something happens, and
 * jumps to what is due next. One occurrence at a time, so that a test has one order of things.
 */
export class VirtualExecution {
  now: number;
  readonly events: EmittedEvent[] = [];
  readonly calls: HandlerCall[] = [];
  readonly taken = new Set<string>();
  readonly ignored: Ignored[] = [];
  /** What decisions were told besides the steps. */
  private readonly known = new Map<string, Json>();
  private readonly childEnds = new Map<string, Json>();
  readonly signals: SentSignal[] = [];
  private state: ExecutionState;
  private commands = 0;
  /** Timers that came due while the execution was paused. */
  private readonly held = new Map<string, TimerRecord>();
  private readonly definition: Plan;
  private readonly handlers: Stubs;
  private readonly agenda = new Agenda<Occurrence>();

  constructor(request: VirtualStart) {
    this.definition = request.plan;
    this.handlers = request.handlers;
    this.now = request.startedAt;
    const { plan, input, labels, startedAt } = request;
    const { state, effects } = withRecipients((recipients) =>
      startExecution(
        {
          plan,
          executionId,
          input,
          labels,
          priority: plan.priority,
          by,
          parent: null,
          depth: 0,
          traceparent: null,
          createdAt: startedAt,
        },
        { at: startedAt, entropy, recipients },
        new Map(),
      ),
    );
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  get record(): ExecutionRecord {
    return this.state.execution;
  }

  /** In the order of the definition, then what else there is. */
  get steps(): ReadonlyMap<string, Omit<StepRecord, 'executionId'>> {
    const listed = listSteps(this.definition, this.state.steps.values());
    return new Map([...listed.map((step) => [stepPath(step.scope, step.node), step] as const), ...this.state.steps]);
  }

  async runUntil(limit: number): Promise<void> {
    for (let next = this.agenda.next(limit); next; next = this.agenda.next(limit)) {
      this.now = Math.max(this.now, next.at);
      await this.happen(next.what);
    }
    if (Number.isFinite(limit)) this.now = Math.max(this.now, limit);
  }

  runToRest(): Promise<void> {
    return this.runUntil(Number.POSITIVE_INFINITY);
  }

  give(body: CommandBody, at: number): void {
    this.commands += 1;
    const id = `command-${this.commands}`;
    this.agenda.put(id, at, { kind: 'command', id, body });
  }

  /** Reports a deferred step now. Errors: STEP_NOT_OPEN. */
  async settle(path: string, answer: unknown): Promise<void> {
    const step = this.state.steps.get(path);
    if (!step || isSettledStep(step.status) || step.queue === null) {
      const waiting = [...this.state.steps].flatMap(([open, { status, queue }]) => (status === 'WAITING' && queue ? [open] : []));
      const which = waiting.length > 0 ? `it could be ${waiting.join(', ')}` : 'no step is deferred';
      throw new WorkflowTestError('STEP_NOT_OPEN', `${path} is ${step?.status ?? 'PENDING'} and cannot be completed: ${which}`);
    }
    this.agenda.remove(keyOf('report', step));
    this.receive(step, await laterReport(answer), step.startedAt ?? this.now);
  }

  private async happen(what: Occurrence): Promise<void> {
    switch (what.kind) {
      case 'task':
        return this.ask(what.ref, what.work);
      case 'report':
        return this.receive(what.ref, await what.report(), what.startedAt);
      case 'withdrawn':
        return this.decide({ kind: 'withdrawn', dispatch: what.ref, at: this.now, entropy });
      case 'timer':
        return this.fire(what.timer);
      case 'command': {
        const command = { id: what.id, executionId, body: what.body, by, at: this.now };
        return this.decide({ kind: 'command', command, at: this.now, entropy });
      }
    }
  }

  private async fire(timer: TimerRecord): Promise<void> {
    const event: SagaEvent = { kind: 'timer', timer, at: this.now, entropy };
    try {
      this.decide(event);
    } catch (needed) {
      if (needed instanceof ChildStartNeeded) await this.startChild(needed);
      else if (needed instanceof ChildEndNeeded) this.known.set(needed.key, this.childEnds.get(needed.path) ?? null);
      else throw needed;
      this.decide(event);
    }
  }

  /** The stub `sub_workflow` stands in for the child: what it returns is the child's output, what it throws its failure. */
  private async startChild({ path, key, child }: ChildStartNeeded): Promise<void> {
    const step = this.state.steps.get(path);
    if (!step) return;
    const { now } = this;
    const work: Work = { handler: 'sub_workflow', config: { ...child }, undo: false, outcomeUnknown: false };
    const context = taskContext(this.record, step, nodeAt(this.definition, path), { now, work });
    const stub = stubFor(this.handlers, context);
    this.calls.push({
      handler: work.handler,
      path,
      attempt: step.attempt,
      config: work.config,
      time: new Date(now).toISOString(),
    });
    const answer = await runStub(stub, structuredClone(work.config), context);
    const childId = `child of ${path}`;
    this.known.set(key, { executionId: childId });
    const end: { [field: string]: Json } =
      answer.outcome === 'completed' ? { status: 'COMPLETED', output: answer.output } : { status: 'FAILED' };
    if (answer.outcome === 'failed') end.error = { code: answer.error.code, message: answer.error.message };
    this.childEnds.set(path, { executionId: childId, ...end });
    const timer: TimerRecord = { executionId, scope: step.scope, node: step.node, kind: 'child_end', attempt: 1, dueAt: now };
    this.agenda.put(timerKeyOf(timer), now, { kind: 'timer', timer });
  }

  private async ask(ref: DispatchRef, work: Work): Promise<void> {
    const step = this.state.steps.get(stepPath(ref.scope, ref.node));
    if (!step) return;
    const { now } = this;
    const node = nodeAt(this.definition, stepPath(step.scope, step.node));
    const context = taskContext(this.record, step, node, { now, work });
    const { handler, path, attempt } = context;
    const stub = stubFor(this.handlers, context);
    const config = structuredClone(work.config);
    this.calls.push({ handler, path, attempt, config: structuredClone(config), time: new Date(now).toISOString() });
    const answer = await runStub(stub, config, context);
    switch (answer.outcome) {
      case 'completed':
      case 'failed':
        this.receive(ref, answer, now);
        return;
      case 'deferred':
        this.receive(ref, { outcome: 'deferred', output: answer.note }, now);
        return;
      case 'later': {
        const due = now + durationOf(answer.later.after);
        this.receive(ref, { outcome: 'deferred', output: `an answer at ${new Date(due).toISOString()}` }, now);
        this.expect(ref, due, () => laterReport(answer.later.answer));
        return;
      }
      case 'takes': {
        const timeoutMs = node?.timeoutMs ?? Number.POSITIVE_INFINITY;
        const wanted = durationOf(answer.takes.duration);
        this.decide({ kind: 'started', start: { executionId, path, attempt, worker: by, at: now }, at: now, entropy });
        if (wanted > timeoutMs) this.expect(ref, now + timeoutMs, () => Promise.resolve(timeoutReport(timeoutMs)));
        else this.expect(ref, now + wanted, () => laterReport(answer.takes.answer));
        return;
      }
    }
  }

  private expect(ref: DispatchRef, due: number, report: () => Promise<Report>): void {
    this.agenda.put(keyOf('report', ref), due, { kind: 'report', ref, startedAt: this.now, report });
  }

  private receive(ref: DispatchRef, part: Pick<StepResult, 'outcome' | 'output' | 'branch' | 'error'>, startedAt: number): void {
    const path = stepPath(ref.scope, ref.node);
    const times = { worker: by, startedAt, finishedAt: this.now };
    const result: StepResult = { v: 1, executionId, path, attempt: ref.attempt, ...part, ...times };
    this.decide({ kind: 'result', result, at: this.now, entropy });
  }

  private setTimer(timer: TimerRecord): void {
    if (timer.dueAt >= heldTimerDue) this.held.set(timerKeyOf(timer), timer);
    else this.agenda.put(timerKeyOf(timer), timer.dueAt, { kind: 'timer', timer });
  }

  /** Where compensation waits to hear what became of the attempt, it hears: never begun, or stopped. */
  private takeBack(ref: DispatchRef): void {
    const wasNeverAsked = this.agenda.remove(keyOf('task', ref));
    const wasWorking = this.agenda.remove(keyOf('report', ref));
    const isAwaited = this.state.steps.get(stepPath(ref.scope, ref.node))?.undo?.awaited === true;
    if (!isAwaited) return;
    if (wasNeverAsked) this.agenda.put(keyOf('report', ref), this.now, { kind: 'withdrawn', ref });
    else if (wasWorking) this.expect(ref, this.now, () => Promise.resolve(abortReport));
  }

  /** What is late is ignored, as it is with servers. */
  private decide(event: SagaEvent): void {
    const decision = withRecipients((recipients) =>
      transition(this.definition, this.state, { ...event, recipients }, this.known),
    );
    if (decision.kind === 'ignored') {
      this.ignored.push({ what: event.kind, reason: decision.reason });
      return;
    }
    this.state = decision.state;
    for (const effect of decision.effects) this.carryOut(effect);
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'dispatch': {
        const step = this.state.steps.get(effect.path);
        if (step) this.agenda.put(keyOf('task', step), this.now, { kind: 'task', ref: step, work: workOf(effect, step) });
        return;
      }
      case 'withdraw':
        this.takeBack(effect.dispatch);
        return;
      case 'cancel_deferred':
        this.agenda.remove(keyOf('report', effect.step));
        return;
      case 'send_signal': {
        const { to, name, payload, at } = effect;
        this.signals.push({ to, name, payload, time: new Date(at).toISOString() });
        return;
      }
      case 'set_timer':
        this.setTimer(effect.timer);
        return;
      case 'clear_timer':
        this.agenda.remove(timerKeyOf(effect.timer));
        this.held.delete(timerKeyOf(effect.timer));
        return;
      case 'release_timers':
        for (const timer of this.held.values()) this.setTimer({ ...timer, dueAt: effect.at });
        this.held.clear();
        return;
      case 'emit_event': {
        const { id, type, data, subject, at } = effect;
        this.events.push({ id, type, data, ...(subject !== undefined && { subject }), time: new Date(at).toISOString() });
        return;
      }
      case 'history': {
        const { type, path } = effect.entry;
        if (path !== undefined && begins.has(type)) this.taken.add(path);
        return;
      }
      case 'lifecycle':
      case 'cancel_child':
        return;
      default:
        effect satisfies never;
    }
  }
}

/** Entries that a step has only once it runs. */
const begins: ReadonlySet<string> = new Set(['step.queued', 'step.waiting', 'step.completed', 'step.failed']);
