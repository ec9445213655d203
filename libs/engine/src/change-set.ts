import {
  idempotencyKey,
  isTerminalExecution,
  parseStepPath,
  stepPath,
  subjects,
  TASK_FORMAT,
  type BacklogTask,
  type ClaimChecks,
  type CloudEvent,
  type DispatchRef,
  type ExecutionRecord,
  type HeldTask,
  type HeldTaskRef,
  type HistoryChunk,
  type CommandRecord,
  type HistoryEntry,
  type LifecycleNotice,
  type OutboxMessage,
  type SagaChanges,
  type SlotClaim,
  type StartKey,
  type StepRecord,
  type Task,
  type TaskToPublish,
  type TimerKey,
  type TimerRecord,
} from '@jetsaga/contracts';
import { fairKeyOf, isHeldStep, rankOf, urgencyOf, type Effect, type ExecutionState, type Plan } from '@jetsaga/workflow';
import type { QueueWindows } from './queue-windows.ts';
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
  readonly ended: readonly ExecutionRecord['status'][];
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
  private readonly history: HistoryChunk[] = [];
  private readonly commandsHandled: { id: string; outcome: string }[] = [];
  private readonly startKeys: StartKey[] = [];
  private readonly slots = { claimed: [] as SlotClaim[], leaving: [] as string[], released: [] as string[] };
  private readonly commandsGiven: CommandRecord[] = [];
  private readonly held: HeldTask[] = [];
  private readonly heldGone: HeldTaskRef[] = [];
  private readonly backlog: BacklogTask[] = [];
  private readonly backlogGone: DispatchRef[] = [];
  private readonly turns = new Set<string>();
  private readonly settledIn: string[] = [];
  private readonly tasks: PreparedTask[] = [];
  private readonly prepared = new Set<string>();
  private readonly messages: OutboxMessage[] = [];
  private readonly notices: OutboxMessage[] = [];
  private readonly withdrawn: DispatchRef[] = [];
  private readonly settled: DispatchRef[] = [];
  private readonly ended: ExecutionRecord['status'][] = [];
  private readonly tokens: TaskTokens;
  private readonly at: number;
  private readonly windows: Pick<QueueWindows, 'holds'>;

  constructor(tokens: TaskTokens, at: number, windows: Pick<QueueWindows, 'holds'>) {
    this.windows = windows;
    this.tokens = tokens;
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
      if (old && isHeldStep(old)) this.heldGone.push(old);
      if (
        old &&
        old.dispatch > 0 &&
        isSent(old) &&
        !(isSent(step) && step.attempt === old.attempt && step.dispatch === old.dispatch)
      ) {
        this.settled.push(refOf(old));
        if (old.queue !== null) this.settledIn.push(old.queue);
      }
    }
    if (isTerminalExecution(execution.status) && (before === null || !isTerminalExecution(before.execution.status))) {
      this.ended.push(execution.status);
      if (plan.concurrency !== null && before !== null) this.slots.released.push(execution.id);
    }
    const entries: HistoryEntry[] = [];
    for (const effect of effects) this.addEffect(plan, after, effect, entries);
    if (entries.length > 0) this.history.push({ executionId: execution.id, entries });
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

  slotClaim(claim: SlotClaim): void {
    this.slots.claimed.push(claim);
  }

  /** Gives the command in this transaction: the execution is to end, for another one to have its slot. */
  slotTaken(command: CommandRecord): void {
    this.slots.leaving.push(command.executionId);
    this.commandsGiven.push(command);
  }

  /** This task has waited for room in its queue, and is sent now whatever the queue is like. */
  turnHasCome(ref: DispatchRef): void {
    this.turns.add(dispatchId(ref));
    this.backlogGone.push(ref);
  }

  /** The task is not wanted any more. */
  turnOver(ref: DispatchRef): void {
    this.backlogGone.push(ref);
  }

  /** The queues of the steps whose dispatch is over, one entry each. */
  get settledQueues(): readonly string[] {
    return this.settledIn;
  }

  /** Removes a held task that was let go for nothing. */
  heldStale(task: HeldTaskRef): void {
    this.heldGone.push(task);
  }

  /** Buckets that hold tasks from now on. */
  get heldBuckets(): ReadonlySet<string> {
    return new Set(this.held.map((task) => task.rate.bucket));
  }

  message(message: OutboxMessage): void {
    this.messages.push(message);
  }

  /** Puts configurations that are too large for a message behind claim checks, in the task and in the step's row. */
  async checkLargeTasks(claimChecks: ClaimChecks): Promise<void> {
    for (const [index, prepared] of this.tasks.entries()) {
      if (!isLarge(prepared.task.config)) continue;
      const config = await claimChecks.check(prepared.task.config);
      this.tasks[index] = { ...prepared, task: { ...prepared.task, config } };
      const { executionId, scope, node } = prepared.ref;
      const row = this.steps.findIndex((step) => step.executionId === executionId && step.scope === scope && step.node === node);
      const step = this.steps[row];
      if (step) this.steps[row] = { ...step, config };
    }
  }

  get isEmpty(): boolean {
    return (
      this.newExecutions.length + this.executions.length + this.steps.length + this.history.length === 0 &&
      this.commandsHandled.length + this.startKeys.length + this.messages.length === 0 &&
      this.timersSet.size + this.timersCleared.size + this.timersStale.length + this.heldGone.length + this.backlogGone.length ===
        0
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
      history: this.history,
      commandsHandled: this.commandsHandled,
      startKeys: this.startKeys,
      outbox: this.hasOutbox
        ? { id: outboxId, createdAt: this.at, tasks: this.tasks.map((task) => task.ref), messages: this.messages }
        : null,
      outboxDone,
      ...(this.held.length + this.heldGone.length > 0 && { held: { tasks: this.held, gone: this.heldGone } }),
      ...(this.backlog.length + this.backlogGone.length > 0 && { backlog: { added: this.backlog, gone: this.backlogGone } }),
      ...(this.touchesSlots && { slots: this.slots, commandsGiven: this.commandsGiven }),
    };
  }

  aftermath(outboxId: string): Aftermath {
    const due = [...this.timersSet.values()].map((timer) => timer.dueAt);
    return {
      outboxId: this.hasOutbox ? outboxId : null,
      tasks: this.tasks,
      messages: this.messages,
      notices: this.notices,
      withdrawn: this.withdrawn,
      settled: this.settled,
      ended: this.ended,
      nextTimerAt: due.length > 0 ? Math.min(...due) : null,
    };
  }

  private get touchesSlots(): boolean {
    return this.slots.claimed.length + this.slots.leaving.length + this.slots.released.length > 0;
  }

  private get hasOutbox(): boolean {
    return this.tasks.length + this.messages.length > 0;
  }

  private addEffect(plan: Plan, after: ExecutionState, effect: Effect, entries: HistoryEntry[]): void {
    switch (effect.kind) {
      case 'dispatch':
        this.addTask(plan, after, effect);
        return;
      case 'hold':
        this.hold(after, effect);
        return;
      case 'withdraw':
        this.withdraw(after, effect.dispatch);
        return;
      case 'set_timer':
        this.timersSet.set(timerId(effect.timer), effect.timer);
        this.timersCleared.delete(timerId(effect.timer));
        return;
      case 'clear_timer':
        this.timersCleared.set(timerId(effect.timer), effect.timer);
        this.timersSet.delete(timerId(effect.timer));
        return;
      case 'emit_event':
        this.messages.push(emittedEvent(after.execution, effect));
        return;
      case 'lifecycle':
        this.addNotice(after.execution, effect.notice);
        return;
      case 'history':
        entries.push(effect.entry);
        return;
    }
  }

  /** Where the queue is closed, the task may be a row still. */
  private withdraw(after: ExecutionState, dispatch: DispatchRef): void {
    this.withdrawn.push(dispatch);
    const queue = after.steps.get(stepPath(dispatch.scope, dispatch.node))?.queue;
    if (queue != null && this.windows.holds(queue)) this.backlogGone.push(dispatch);
  }

  private hold(after: ExecutionState, { path, rate }: Extract<Effect, { kind: 'hold' }>): void {
    const step = after.steps.get(path);
    // A later event of the same batch may have settled the step.
    if (!step || !isHeldStep(step)) return;
    const { executionId, scope, node, attempt, queue } = step;
    if (queue === null) return;
    this.held.push({ executionId, scope, node, attempt, queue, rate, rank: rankOf(after.execution.priority, this.at) });
  }

  private addNotice(execution: ExecutionRecord, notice: LifecycleNotice): void {
    const message = lifecycleMessage(notice, execution.traceparent);
    (isCertain(notice) ? this.messages : this.notices).push(message);
  }

  private addTask(plan: Plan, after: ExecutionState, effect: Extract<Effect, { kind: 'dispatch' }>): void {
    const step = after.steps.get(effect.path);
    const node = plan.root.nodes.get(parseStepPath(effect.path).node);
    // A later event of the same batch may have settled the step: then there is nothing to send any more.
    if (!step || !node || step.queue === null || !isSent(step)) return;
    const ref = refOf(step);
    const id = dispatchId(ref);
    if (this.prepared.has(id)) return;
    this.prepared.add(id);
    const { execution } = after;
    if (this.windows.holds(step.queue) && !this.turns.has(id)) {
      const { priority } = execution;
      const fairKey = fairKeyOf(plan, execution.input);
      this.backlog.push({ ...ref, queue: step.queue, fairKey, priority: urgencyOf(priority), rank: rankOf(priority, this.at) });
      return;
    }
    const edges = new Set(node.outgoing.flatMap((edge) => (edge.on.kind === 'branches' ? edge.on.branches : [])));
    const task: Task = {
      v: TASK_FORMAT,
      executionId: execution.id,
      workflow: execution.workflow,
      version: execution.version,
      path: effect.path,
      attempt: step.attempt,
      dispatch: step.dispatch,
      kind: effect.task,
      handler: step.handler,
      config: step.config ?? {},
      ...(effect.secrets.length > 0 ? { secrets: [...effect.secrets] } : {}),
      ...(edges.size > 0 ? { branches: [...edges], retriesLeft: Math.max(0, node.retry.retries + 1 - step.attempt) } : {}),
      idempotencyKey: idempotencyKey(execution.id, effect.path, step.generation),
      token: this.tokens.issue({ executionId: execution.id, path: effect.path, attempt: step.attempt }),
      timeoutMs: node.timeoutMs,
      scheduledAt: this.at,
    };
    this.tasks.push({ task, queue: step.queue, traceparent: execution.traceparent, ref });
  }
}

/** A task of this step is on its way or with a worker. */
function isSent(step: StepRecord): boolean {
  return step.status === 'QUEUED' || step.status === 'RUNNING';
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
