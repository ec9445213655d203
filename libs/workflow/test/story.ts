import {
  isSettledStep,
  isTerminalExecution,
  stepPath,
  type ExecutionRecord,
  type CloudEvent,
  type CommandBody,
  type Json,
  type StepRecord,
  type StepResult,
  type TimerKind,
  type TimerRecord,
} from '@jetsaga/contracts';
import type { Plan } from '../src/definition/plan.ts';
import type { Beginning } from '../src/saga/beginning.ts';
import type { Recipients } from '../src/saga/recipients.ts';
import type { Decision, Effect, ExecutionState, OpenedClaimChecks, SagaEvent } from '../src/saga/saga-types.ts';
import { startExecution } from '../src/saga/start-execution.ts';
import { transition } from '../src/saga/transition.ts';
import { LawBook } from './laws.ts';
import { checkPartialDecision } from './partial-decision.ts';

export interface StoryOptions {
  readonly input?: Json;
  readonly opened?: OpenedClaimChecks;
  readonly entropy?: number;
  readonly parent?: ExecutionRecord['parent'];
  readonly beginning?: Beginning;
  readonly recipients?: Recipients;
}

type Failure = Partial<NonNullable<StepResult['error']>>;
/** An event without its moment, which the story adds. */
export type Happening = SagaEvent extends infer E ? (E extends SagaEvent ? Omit<E, 'at' | 'entropy'> : never) : never;

/** One execution told event by event, with its own clock. Every step of it is held against the laws of the saga. */
export class Story {
  readonly plan: Plan;
  state: ExecutionState;
  /** Everything caused so far. */
  readonly effects: Effect[] = [];
  /** What the last event caused. */
  latest: readonly Effect[];
  readonly ignored: string[] = [];
  /** Timers that are set and were not cleared. */
  readonly timers = new Map<string, TimerRecord>();
  now = Date.UTC(2026, 0, 1);
  readonly startedAt = this.now;
  private given = 0;
  private readonly laws: LawBook;
  private readonly opened: Map<string, Json>;
  private readonly recipients: Recipients;
  private readonly entropy: number;

  constructor(plan: Plan, options: StoryOptions = {}) {
    this.plan = plan;
    this.opened = new Map(options.opened);
    this.entropy = options.entropy ?? 0.5;
    const request = {
      plan,
      executionId: 'e1',
      input: options.input ?? {},
      labels: {},
      priority: 'normal' as const,
      by: 'tester',
      parent: options.parent ?? null,
      depth: 0,
      traceparent: null,
      createdAt: this.now,
      ...(options.beginning && { beginning: options.beginning }),
    };
    this.recipients = options.recipients ?? new Map();
    const moment = { at: this.now, entropy: this.entropy, recipients: this.recipients };
    const decision = startExecution(request, moment, this.opened);
    this.laws = new LawBook(plan);
    this.laws.check(null, decision.state, decision.effects);
    this.state = decision.state;
    this.latest = decision.effects;
    this.note(decision.effects);
  }

  /** Lets any event happen. */
  happens(event: Happening): Decision {
    const full = { ...event, at: this.now, entropy: this.entropy, recipients: this.recipients } as SagaEvent;
    const decision = transition(this.plan, this.state, full, this.opened);
    checkPartialDecision(this.plan, this.state, full, this.opened, decision);
    if (decision.kind === 'ignored') {
      this.ignored.push(decision.reason);
      this.latest = [];
    } else {
      this.laws.check(this.state, decision.state, decision.effects);
      this.state = decision.state;
      this.latest = decision.effects;
      this.note(decision.effects);
    }
    return decision;
  }

  starts(path: string, attempt = this.attemptOf(path)): this {
    this.happens({ kind: 'started', start: { executionId: 'e1', path, attempt, worker: 'w1', at: this.now } });
    return this;
  }

  completes(path: string, output: Json = `${path} done`, more: { branch?: string; attempt?: number } = {}): this {
    this.reports({ path, outcome: 'completed', output, ...more });
    return this;
  }

  fails(path: string, error: Failure = {}, attempt?: number): this {
    const full = { code: 'BROKEN', message: `${path} broke`, retryable: false, ...error };
    this.reports({ path, outcome: 'failed', error: full, ...(attempt !== undefined && { attempt }) });
    return this;
  }

  defers(path: string, attempt?: number): this {
    this.reports({ path, outcome: 'deferred', ...(attempt !== undefined && { attempt }) });
    return this;
  }

  reports(result: Partial<StepResult> & Pick<StepResult, 'path' | 'outcome'>): Decision {
    const { path } = result;
    return this.happens({
      kind: 'result',
      result: {
        v: 1,
        executionId: 'e1',
        attempt: this.attemptOf(path),
        worker: 'w1',
        startedAt: this.now - 10,
        finishedAt: this.now,
        ...result,
      },
    });
  }

  isCancelled(options: { reason?: string; compensate?: boolean } = {}): this {
    const body = { kind: 'cancel' as const, compensate: true, ...options };
    this.happens({ kind: 'command', command: { id: 'c1', executionId: 'e1', body, by: 'user:ann', at: this.now } });
    return this;
  }

  isSignalled(name: string, payload: Json = null): this {
    return this.commands({ kind: 'signal', name, payload });
  }

  isCompletedByToken(path: string, output: Json, more: { branch?: string; attempt?: number } = {}): this {
    return this.commands({ kind: 'complete_task', path, attempt: this.attemptOf(path), output, ...more });
  }

  isGivenEvent(path: string, event: Partial<CloudEvent> = {}): this {
    const whole = { specversion: '1.0' as const, id: '1', source: '/shop', type: 'orders.paid', ...event };
    return this.commands({ kind: 'event', path, event: whole });
  }

  isFailedByToken(path: string, retryable = false, attempt = this.attemptOf(path)): this {
    return this.commands({ kind: 'fail_task', path, attempt, error: { code: 'REFUSED', message: 'no' }, retryable });
  }

  commands(body: CommandBody): this {
    const id = `c${(this.given += 1)}`;
    this.happens({ kind: 'command', command: { id, executionId: 'e1', body, by: 'user:ann', at: this.now } });
    return this;
  }

  loses(path: string, more: { attempt?: number; dispatch?: number } = {}): this {
    const { scope, node, attempt, dispatch } = this.step(path);
    this.happens({ kind: 'lost', dispatch: { executionId: 'e1', scope, node, attempt, dispatch, ...more } });
    return this;
  }

  /** What a decision needs to know is found out: for this one event. */
  knowing(key: string, value: Json, tell: () => void): this {
    this.opened.set(key, value);
    tell();
    this.opened.delete(key);
    return this;
  }

  /** The child that a step asked for has been started, or cannot be. */
  startsChild(path: string, started: Json = { executionId: `child of ${path}` }): this {
    return this.knowing(`child:e1:${path}:${this.step(path).generation}`, started, () => this.timerFires('child_start', path));
  }

  endsChild(path: string, end: { readonly [field: string]: Json }): this {
    const { scope, node, generation } = this.step(path);
    const timer: TimerRecord = { executionId: 'e1', scope, node, kind: 'child_end', attempt: 1, dueAt: this.now };
    const value = { executionId: `child of ${path}`, ...end };
    // The child's transaction has set it.
    this.laws.timerSetElsewhere(timer);
    return this.knowing(`child-end:e1:${path}:${generation}`, value, () => void this.happens({ kind: 'timer', timer }));
  }

  /** Time goes on to when the timer is due, and it fires. */
  timerFires(kind: TimerKind, path = ''): this {
    const timer = this.timers.get(`${path} ${kind}`);
    if (!timer) throw new Error(`no timer ${kind} is set for ${path || 'the execution'}: ${[...this.timers.keys()].join(', ')}`);
    this.now = Math.max(this.now, timer.dueAt);
    this.happens({ kind: 'timer', timer });
    return this;
  }

  passes(ms: number): this {
    this.now += ms;
    return this;
  }

  step(path: string): StepRecord {
    const step = this.state.steps.get(path);
    if (!step) throw new Error(`${path} has not started`);
    return step;
  }

  statusOf(path: string): string {
    return this.state.steps.get(path)?.status ?? 'PENDING';
  }

  get statuses(): Record<string, string> {
    return Object.fromEntries([...this.plan.root.nodes.keys()].map((id) => [id, this.statusOf(id)]));
  }

  get status(): string {
    return this.state.execution.status;
  }

  get output(): Json | undefined {
    return this.state.execution.output;
  }

  get error() {
    return this.state.execution.error;
  }

  /** Tasks sent, in order: `path#attempt.dispatch`. */
  get dispatched(): string[] {
    return this.laws.dispatched;
  }

  get openSteps(): StepRecord[] {
    return [...this.state.steps.values()].filter((step) => !isSettledStep(step.status));
  }

  get isOver(): boolean {
    return isTerminalExecution(this.status as Parameters<typeof isTerminalExecution>[0]);
  }

  history(path?: string): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'history' && (path === undefined || effect.entry.path === path) ? [effect.entry.type] : [],
    );
  }

  /** Why something happened to a step, as its history tells. */
  why(path: string, type: string): Json | undefined {
    for (const effect of this.effects) {
      if (effect.kind === 'history' && effect.entry.path === path && effect.entry.type === type) {
        const { data } = effect.entry;
        return data && typeof data === 'object' && !Array.isArray(data) ? data.why : undefined;
      }
    }
    return undefined;
  }

  get notices(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'lifecycle'
        ? [effect.notice.path ? `${effect.notice.event} ${effect.notice.path}` : effect.notice.event]
        : [],
    );
  }

  get withdrawn(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'withdraw' ? [stepPath(effect.dispatch.scope, effect.dispatch.node)] : [],
    );
  }

  /** Deferred steps whose service was told that nobody waits for them any more. */
  get cancelledDeferred(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'cancel_deferred' ? [`${stepPath(effect.step.scope, effect.step.node)}#${effect.step.attempt}`] : [],
    );
  }

  private attemptOf(path: string): number {
    return Math.max(1, this.state.steps.get(path)?.attempt ?? 1);
  }

  private note(effects: readonly Effect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind !== 'set_timer' && effect.kind !== 'clear_timer') continue;
      const { scope, node, kind } = effect.timer;
      const key = `${node === '' ? '' : stepPath(scope, node)} ${kind}`;
      if (effect.kind === 'set_timer') this.timers.set(key, effect.timer);
      else this.timers.delete(key);
    }
  }
}
