import {
  idempotencyKey,
  isTerminalExecution,
  stepPath,
  subjects,
  TASK_FORMAT,
  undoIdempotencyKey,
  type ClaimChecks,
  type CommandBody,
  type CommandRecord,
  type CloudEvent,
  type DispatchRef,
  type ExecutionRecord,
  type HistoryChunk,
  type HistoryEntry,
  type LifecycleNotice,
  type OutboxMessage,
  type SagaChanges,
  type StartKey,
  type StepRecord,
  type Task,
  type TaskToPublish,
  type TimerKey,
  type TimerRecord,
  type WaitRecord,
} from '@jetsaga/contracts';
import { heldTimerDue, nodeAt, type Effect, type ExecutionState, type Plan } from '@jetsaga/workflow';
import { cancelMessage } from './cancel-message.ts';
import { WaitingChangeSet } from './waiting-changes.ts';
import { isLarge } from './value-size.ts';
import { isCertain, lifecycleMessage } from './lifecycle-message.ts';
import type { TaskTokens } from './task-token.ts';

/** A task to send after the commit, and what it belongs to. */
export interface PreparedTask extends TaskToPublish {
  readonly ref: DispatchRef;
}

/** What is to be done once a commit has succeeded. */
export interface Aftermath {
  readonly outboxId: string | null;
  readonly tasks: readonly PreparedTask[];
  readonly messages: readonly OutboxMessage[];
  /** Step events: sent, not awaited. */
  readonly notices: readonly OutboxMessage[];
  readonly withdrawn: readonly DispatchRef[];
  /** Steps whose dispatch is over. */
  readonly settled: readonly DispatchRef[];
  /** Those of `withdrawn` whose outcome is waited for: whether a worker ever had them matters. */
  readonly awaited: readonly DispatchRef[];
  /** Tasks of steps that were stopped in the same transaction, and are waited for: nobody ever gets them. */
  readonly neverSent: readonly DispatchRef[];
  readonly ended: readonly ExecutionRecord['status'][];
  /** Given here: their executions are to be looked at. */
  readonly commands: readonly CommandRecord[];
  /** Executions that were given commands. */
  readonly commanded: readonly string[];
  /** Steps that began to wait for events: what has come before is still to be given to them. */
  readonly eventWaits: readonly WaitRecord[];
  readonly nextTimerAt: number | null;
}

const timerId = (timer: TimerKey) => `${timer.executionId} ${timer.scope} ${timer.node} ${timer.kind}`;

/**
 * Gathers what many decisions in one transaction change and cause: rows by comparing the state before with the state
 * after, the rest from the effects. One use: fill it, then take `changes` for the commit and `aftermath` for after it.
 */
export class ChangeSet {
  private readonly newExecutions: ExecutionRecord[] = [];
  private readonly executions: ExecutionRecord[] = [];
  private readonly steps: StepRecord[] = [];
  private readonly timersSet = new Map<string, TimerRecord>();
  private readonly timersCleared = new Map<string, TimerKey>();
  private readonly timersStale: TimerRecord[] = [];
  private readonly resumed: string[] = [];
  private readonly history: HistoryChunk[] = [];
  private readonly commandsGiven: CommandRecord[] = [];
  private readonly commandsHandled: { id: string; outcome: string }[] = [];
  private readonly startKeys: StartKey[] = [];
  private readonly tasks: PreparedTask[] = [];
  private readonly prepared = new Set<string>();
  private readonly messages: OutboxMessage[] = [];
  private readonly notices: OutboxMessage[] = [];
  private readonly withdrawn: DispatchRef[] = [];
  private readonly settled: DispatchRef[] = [];
  private readonly awaited: DispatchRef[] = [];
  private readonly neverSent: DispatchRef[] = [];
  private readonly ended: ExecutionRecord['status'][] = [];
  private readonly waiting = new WaitingChangeSet();
  private readonly tokens: TaskTokens;
  private readonly at: number;
  private readonly newId: () => string;

  /** `newId` makes the ids of commands that are given here. */
  constructor(tokens: TaskTokens, at: number, newId: () => string) {
    this.tokens = tokens;
    this.newId = newId;
    this.at = at;
  }

  /** Once per execution. `before` is null for an execution that is started here and was not on record. */
  add(plan: Plan, before: ExecutionState | null, after: ExecutionState, effects: readonly Effect[]): void {
    const { execution } = after;
    if (before === null) this.newExecutions.push(execution);
    else if (before.execution !== execution) this.executions.push(execution);
    for (const [path, step] of after.steps) {
      const old = before?.steps.get(path);
      if (old === step) continue;
      this.steps.push(step);
      this.waiting.addStep(plan, old, step, this.at);
      if (
        old &&
        old.dispatch > 0 &&
        isSent(old) &&
        !(isSent(step) && step.attempt === old.attempt && step.dispatch === old.dispatch)
      ) {
        this.settled.push(refOf(old));
      }
    }
    if (isTerminalExecution(execution.status) && (before === null || !isTerminalExecution(before.execution.status))) {
      this.ended.push(execution.status);
    }
    this.waiting.addExecution(plan, before?.execution, execution);
    this.waiting.addSignals(before?.signals, after.signals);
    const entries: HistoryEntry[] = [];
    for (const effect of effects) this.addEffect(plan, after, effect, entries);
    if (entries.length > 0) this.history.push({ executionId: execution.id, entries });
  }

  /** Likewise, and nobody will ask for it again. */
  commandDone(id: string): void {
    this.waiting.dropCommand(id);
  }

  commandHandled(id: string, outcome: string): void {
    this.commandsHandled.push({ id, outcome });
  }

  /** Removes a timer that came due for nothing, so that it does not come due again. */
  timerStale(timer: TimerRecord): void {
    this.timersStale.push(timer);
  }

  startKey(key: StartKey): void {
    this.startKeys.push(key);
  }

  message(message: OutboxMessage): void {
    this.messages.push(message);
  }

  /**
   * Puts configurations that are too large for a message behind claim checks, in the task and in the step's row; and so what maps go
   * through, and what comes of steps that no worker ran.
   */
  async checkLargeValues(claimChecks: ClaimChecks): Promise<void> {
    await this.checkLargeScopes(claimChecks);
    for (const [index, prepared] of this.tasks.entries()) {
      if (!isLarge(prepared.task.config)) continue;
      const config = await claimChecks.check(prepared.task.config);
      this.tasks[index] = { ...prepared, task: { ...prepared.task, config } };
      if (prepared.task.kind === 'undo') continue;
      const { executionId, scope, node } = prepared.ref;
      const row = this.steps.findIndex((step) => step.executionId === executionId && step.scope === scope && step.node === node);
      const step = this.steps[row];
      if (step) this.steps[row] = { ...step, config };
    }
  }

  private async checkLargeScopes(claimChecks: ClaimChecks): Promise<void> {
    for (const [index, step] of this.steps.entries()) {
      if (step.handler !== 'map' && step.handler !== 'group' && step.handler !== 'scope') continue;
      const { config, output } = step;
      this.steps[index] = {
        ...step,
        ...(config !== undefined && step.handler === 'map' && isLarge(config) && { config: await claimChecks.check(config) }),
        ...(output !== undefined && isLarge(output) && { output: await claimChecks.check(output) }),
      };
    }
  }

  get isEmpty(): boolean {
    return (
      this.newExecutions.length + this.executions.length + this.steps.length + this.history.length === 0 &&
      this.commandsGiven.length + this.commandsHandled.length + this.startKeys.length + this.messages.length === 0 &&
      this.timersSet.size + this.timersCleared.size + this.timersStale.length === 0 &&
      this.waiting.changes() === null
    );
  }

  changes(outboxId: string, outboxDone: readonly string[]): SagaChanges {
    return {
      newExecutions: this.newExecutions,
      executions: this.executions,
      steps: this.steps,
      timersSet: [...this.timersSet.values()],
      timersCleared: [...this.timersCleared.values()],
      timersStale: this.timersStale,
      ...(this.resumed.length > 0 && { timersReleased: { executionIds: this.resumed, heldSince: heldTimerDue, at: this.at } }),
      history: this.history,
      commandsGiven: this.commandsGiven,
      commandsHandled: this.commandsHandled,
      startKeys: this.startKeys,
      waiting: this.waiting.changes(),
      outbox: this.hasOutbox
        ? { id: outboxId, createdAt: this.at, tasks: this.tasks.map((task) => task.ref), messages: this.messages }
        : null,
      outboxDone,
    };
  }

  aftermath(outboxId: string): Aftermath {
    const due = [...this.timersSet.values()].map((timer) => timer.dueAt);
    if (this.resumed.length > 0) due.push(this.at);
    return {
      outboxId: this.hasOutbox ? outboxId : null,
      tasks: this.tasks,
      messages: this.messages,
      notices: this.notices,
      withdrawn: this.withdrawn,
      settled: this.settled,
      awaited: this.awaited,
      neverSent: this.neverSent,
      ended: this.ended,
      commands: this.commandsGiven,
      commanded: this.waiting.signalled,
      eventWaits: this.waiting.eventWaits,
      nextTimerAt: due.length > 0 ? Math.min(...due) : null,
    };
  }

  private get hasOutbox(): boolean {
    return this.tasks.length + this.messages.length > 0;
  }

  private addEffect(plan: Plan, after: ExecutionState, effect: Effect, entries: HistoryEntry[]): void {
    switch (effect.kind) {
      case 'dispatch':
        this.addTask(plan, after, effect);
        return;
      case 'withdraw':
        this.withdrawn.push(effect.dispatch);
        if (isAwaited(after, effect.dispatch)) this.awaited.push(effect.dispatch);
        return;
      case 'cancel_deferred':
        this.messages.push(cancelMessage(after.execution, effect, this.tokens, this.at));
        return;
      case 'set_timer':
        this.timersSet.set(timerId(effect.timer), effect.timer);
        this.timersCleared.delete(timerId(effect.timer));
        return;
      case 'clear_timer':
        this.timersCleared.set(timerId(effect.timer), effect.timer);
        this.timersSet.delete(timerId(effect.timer));
        return;
      case 'release_timers':
        this.resumed.push(after.execution.id);
        return;
      case 'emit_event':
        this.messages.push(emittedEvent(after.execution, effect));
        return;
      case 'cancel_child': {
        const { executionId, reason } = effect;
        const body: CommandBody = { kind: 'cancel', compensate: true, reason };
        const by = `execution:${after.execution.id}`;
        this.commandsGiven.push({ id: this.newId(), executionId, body, by, at: this.at });
        return;
      }
      case 'send_signal':
        this.waiting.addSent(effect, `execution:${after.execution.id}`, this.newId);
        return;
      case 'lifecycle':
        this.addNotice(after.execution, effect.notice);
        return;
      case 'history':
        entries.push(effect.entry);
        return;
    }
  }

  private addNotice(execution: ExecutionRecord, notice: LifecycleNotice): void {
    const message = lifecycleMessage(notice, execution.traceparent);
    (isCertain(notice) ? this.messages : this.notices).push(message);
  }

  private addTask(plan: Plan, after: ExecutionState, effect: Extract<Effect, { kind: 'dispatch' }>): void {
    const step = after.steps.get(effect.path);
    const node = nodeAt(plan, effect.path);
    // A later event of the same batch may have settled the step: then there is nothing to send any more.
    const queue = effect.undo?.queue ?? step?.queue ?? null;
    if (!step || !node || queue === null) return;
    if (!isSent(step)) {
      if (step.undo?.awaited) this.neverSent.push(refOf(step));
      return;
    }
    const ref = refOf(step);
    const id = dispatchId(ref);
    const { undo } = effect;
    if (this.prepared.has(id)) return;
    this.prepared.add(id);
    const { execution } = after;
    const edges = new Set(node.outgoing.flatMap((edge) => (edge.on.kind === 'branches' ? edge.on.branches : [])));
    const task: Task = {
      v: TASK_FORMAT,
      executionId: execution.id,
      workflow: execution.workflow,
      version: execution.version,
      path: effect.path,
      attempt: step.attempt,
      dispatch: step.dispatch,
      kind: undo ? 'undo' : 'run',
      handler: undo?.handler ?? step.handler,
      config: undo?.config ?? step.config ?? {},
      ...(effect.secrets.length > 0 ? { secrets: [...effect.secrets] } : {}),
      ...(undo?.outcomeUnknown ? { outcomeUnknown: true } : {}),
      ...(edges.size > 0 && !undo
        ? { branches: [...edges], retriesLeft: Math.max(0, node.retry.retries + 1 - step.attempt) }
        : {}),
      idempotencyKey: (undo ? undoIdempotencyKey : idempotencyKey)(execution.id, effect.path, step.generation),
      token: this.tokens.issue({ executionId: execution.id, path: effect.path, attempt: step.attempt }),
      timeoutMs: node.timeoutMs,
      scheduledAt: this.at,
    };
    this.tasks.push({ task, queue, traceparent: execution.traceparent, ref });
  }
}

/** A task of this step is on its way or with a worker; that of its undo, too. */
function isSent(step: StepRecord): boolean {
  return step.status === 'QUEUED' || step.status === 'RUNNING' || (step.status === 'COMPENSATING' && step.dispatch > 0);
}

function isAwaited(after: ExecutionState, { scope, node }: DispatchRef): boolean {
  return after.steps.get(stepPath(scope, node))?.undo?.awaited === true;
}

function refOf(step: StepRecord): DispatchRef {
  const { executionId, scope, node, attempt, dispatch } = step;
  return { executionId, scope, node, attempt, dispatch };
}

/** Names one dispatch; unique over all executions. */
export function dispatchId(ref: DispatchRef): string {
  return `${ref.executionId}:${stepPath(ref.scope, ref.node)}:${ref.attempt}:${ref.dispatch}`;
}

function emittedEvent(execution: ExecutionRecord, effect: Extract<Effect, { kind: 'emit_event' }>): OutboxMessage {
  const event: CloudEvent = {
    specversion: '1.0',
    id: effect.id,
    source: `/jetsaga/${execution.workflow}`,
    type: effect.type,
    time: new Date(effect.at).toISOString(),
    datacontenttype: 'application/json',
    data: effect.data,
    ...(effect.subject === undefined ? {} : { subject: effect.subject }),
    ...(execution.traceparent === null ? {} : { traceparent: execution.traceparent }),
    jetsagadepth: execution.depth + 1,
  };
  return { subject: subjects.event(effect.type), id: `event:${effect.id}`, body: event as OutboxMessage['body'] };
}
