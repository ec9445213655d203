import { limits, type ClaimChecks, type Clock, type Json } from '@jetsaga/contracts';
import type { Delivery } from '@jetsaga/messaging';
import { StorageError } from '@jetsaga/storage';
import { currentTraceparent, inSpan, withTraceparent, type Logger } from '@jetsaga/telemetry';
import { RetryableError, TerminalError } from '../handler-errors.ts';
import type { HandlerRegistry } from '../handler-registry.ts';
import { fillSecrets } from '../secrets/fill-secrets.ts';
import { redact } from '../secrets/redact.ts';
import type { SecretProvider } from '../secrets/secret-provider.ts';
import { openReferences } from '../task/open-references.ts';
import { readTask } from '../task/read-task.ts';
import { stepFailure, type StepFailure } from '../task/step-failure.ts';
import { checkedConfig, stepOutcome, type StepOutcome } from '../task/step-outcome.ts';
import { CancelTasks } from './cancel-tasks.ts';
import type { DeadTasks } from './dead-tasks.ts';
import type { ResultSender } from './result-sender.ts';
import { RunningTask, type AbortCause } from './running-task.ts';
import type { Slots } from './slots.ts';
import { stepReport, type ReportParts } from './step-report.ts';
import type { TaskSweep } from './task-sweep.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface TaskRunnerParts {
  readonly worker: string;
  readonly registry: HandlerRegistry;
  readonly sender: ResultSender;
  readonly dead: DeadTasks;
  readonly secrets: SecretProvider;
  readonly claimChecks: ClaimChecks | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
}

/** Times the delivery count: before another worker, which may know the handler, gets the task. About a minute in all. */
const unknownHandlerDelayMs = 1_000;

/** Takes a task from its message to its report. */
export class TaskRunner {
  private readonly parts: TaskRunnerParts;
  private readonly running = new Map<string, RunningTask>();
  private sweep: TaskSweep | null = null;
  private readonly cancels: CancelTasks;
  private readonly idle: (() => void)[] = [];

  constructor(parts: TaskRunnerParts) {
    this.parts = parts;
    this.cancels = new CancelTasks({ ...parts, idle: () => this.tellIdle() });
  }

  /** Handlers at work. */
  get count(): number {
    return this.running.size + this.cancels.count;
  }

  sweptBy(sweep: TaskSweep): void {
    this.sweep = sweep;
  }

  /** The delivery count is looked at first: reading the task may be what kills a process. */
  accept(delivery: Delivery, slots: Slots): void {
    const { dead, registry, log, clock, metrics } = this.parts;
    if (delivery.deliveryCount > limits.maxDeliveries) {
      dead.bury(delivery, `delivered ${delivery.deliveryCount} times without being done`);
      return;
    }
    const reading = readTask(delivery.text());
    if ('unreadable' in reading) {
      dead.bury(delivery, reading.unreadable);
      return;
    }
    const { task, mayHoldReferences } = reading;
    const handler = registry.find(task.handler);
    if (!handler) {
      log.warn(
        { handler: task.handler, execution: task.executionId, path: task.path },
        'task for a handler this worker does not have',
      );
      delivery.nak(unknownHandlerDelayMs * delivery.deliveryCount);
      return;
    }
    if (task.kind === 'cancel') {
      this.cancels.accept(delivery, task, handler, slots);
      return;
    }
    const key = keyOf(task.executionId, task.path, task.attempt, task.kind);
    const same = this.running.get(key);
    if (same) {
      same.adopt(delivery);
      return;
    }
    const startedAt = clock.now();
    const running = new RunningTask({ task, handler, delivery, slots, mayHoldReferences, log, startedAt });
    metrics.taskTaken(handler.description.name, Math.max(0, startedAt - task.scheduledAt) / 1_000);
    this.running.set(key, running);
    this.sweep?.add(running);
    void this.execute(running, key);
  }

  /** Aborts an attempt if it runs here. */
  cancel(attempt: { executionId: string; path: string; attempt: number; reason: string }): void {
    for (const kind of ['run', 'undo'] as const) {
      const task = this.running.get(keyOf(attempt.executionId, attempt.path, attempt.attempt, kind));
      task?.abort('cancel', this.parts.clock.now(), attempt.reason);
    }
  }

  timeOut(task: RunningTask): void {
    const { timeoutMs } = task.task;
    const message = `the handler was not done within ${timeoutMs} ms`;
    task.abort('timeout', this.parts.clock.now(), message);
    this.reportFailure(task, { code: 'TIMEOUT', message, retryable: true, definite: false });
  }

  /** The handler ignores its signal: its slot goes to another task. */
  giveUp(task: RunningTask): void {
    const { path, executionId: execution, handler } = task.task;
    this.parts.log.warn(
      { execution, path, handler },
      'the handler goes on although its AbortSignal has fired; its slot is freed',
    );
    if (!task.reported) this.reportFailure(task, abortedFailure(task.aborted?.message ?? 'aborted'));
    task.settled = true;
    this.forget(task, keyOf(task.executionId, task.path, task.attempt, task.task.kind));
  }

  reportProgress(task: RunningTask, progress: number): void {
    const text = stepReport(task.task, { outcome: 'progress', progress, ...this.times(task) });
    this.parts.sender.send({ text, stored: () => undefined });
  }

  /** Resolves to true when no handler is at work, to false when that takes too long. */
  async allDone(withinMs: number): Promise<boolean> {
    let late = false;
    const cancel = this.parts.clock.after(withinMs, () => {
      late = true;
      this.tellIdle();
    });
    while (this.count > 0 && !late) await new Promise<void>((resolve) => this.idle.push(resolve));
    cancel();
    return this.count === 0;
  }

  abortAll(cause: AbortCause, message: string): void {
    for (const task of this.running.values()) task.abort(cause, this.parts.clock.now(), message);
  }

  /** Another worker is to do what was not done here. */
  handBackAll(): void {
    for (const task of this.running.values()) if (!task.reported) task.handBack();
    this.cancels.handBackAll();
  }

  private async execute(task: RunningTask, key: string): Promise<void> {
    const { name } = task.handler.description;
    const attributes = { 'jetsaga.execution': task.executionId, 'jetsaga.path': task.path, 'jetsaga.attempt': task.attempt };
    try {
      const perform = () => inSpan(`task ${name}`, { kind: 'consumer', attributes }, () => this.perform(task));
      const outcome = await withTraceparent(task.traceparent, perform);
      const output = await this.outputJson(task, outcome);
      this.report(
        task,
        { outcome: outcome.outcome, ...('branch' in outcome && { branch: outcome.branch }), ...this.times(task) },
        output,
      );
    } catch (thrown) {
      this.failed(task, thrown);
    }
    task.settled = true;
    this.forget(task, key);
  }

  private async perform(task: RunningTask): Promise<StepOutcome> {
    task.traceparent = currentTraceparent() ?? task.traceparent;
    const { handler } = task;
    const { secrets: slots } = task.task;
    let config: Json = task.task.config;
    if (task.mayHoldReferences) config = await openReferences(config, handler.claimChecks, this.parts.claimChecks);
    if (slots && slots.length > 0) {
      const filled = await fillSecrets(config, slots, this.parts.secrets);
      config = filled.config;
      task.secretValues = filled.values;
    }
    const outcome = stepOutcome(handler, await handler.run(checkedConfig(handler, config), task));
    // It was cancelled before it was deferred: the coordinator does not know that there is something to take back.
    if (outcome.outcome === 'deferred' && task.aborted?.cause === 'cancel') {
      await this.cancels.cancel(task.task, handler, task.traceparent);
    }
    return outcome;
  }

  private async outputJson(task: RunningTask, { output }: StepOutcome): Promise<string> {
    const shown = task.secretValues.length > 0 ? redact(output, task.secretValues) : output;
    const text = textOf(shown, task.handler.description.name);
    if (text.length * 3 <= limits.inlineValueBytes || Buffer.byteLength(text) <= limits.inlineValueBytes) return text;
    if (!this.parts.claimChecks) {
      throw new TerminalError(
        'OUTPUT_TOO_LARGE',
        `the output has ${text.length} characters, and this worker has no storage; set STORAGE_URL`,
      );
    }
    try {
      return JSON.stringify(await this.parts.claimChecks.check(shown));
    } catch (cause) {
      if (!(cause instanceof StorageError) || !cause.retryable) throw cause;
      // The work is done: another attempt must look like the same call to whom the handler called.
      throw new RetryableError(cause.code, `the output cannot be stored: ${cause.message}`, { cause, definite: false });
    }
  }

  private failed(task: RunningTask, thrown: unknown): void {
    // It was shut down, not done: another worker does it.
    if (task.aborted?.cause === 'shutdown' && !task.reported) {
      task.handBack();
      return;
    }
    const cancelled = task.aborted?.cause === 'cancel' && !(thrown instanceof TerminalError);
    const failure = cancelled ? abortedFailure(task.aborted?.message ?? '') : stepFailure(thrown);
    this.reportFailure(task, redact(failure, task.secretValues));
  }

  private reportFailure(task: RunningTask, error: StepFailure): void {
    // A timeout was reported already, and the failure that follows it says nothing new.
    if (!task.reported) this.report(task, { outcome: 'failed', error, ...this.times(task) });
  }

  /** What was completed is reported even after a timeout was: the work is done, and an attempt still open takes it. */
  private report(task: RunningTask, parts: ReportParts, outputJson?: string): void {
    const { sender, metrics } = this.parts;
    task.reported = true;
    metrics.taskDone(task.handler.description.name, parts.outcome, (parts.finishedAt - parts.startedAt) / 1_000);
    sender.send({
      text: stepReport(task.task, parts, outputJson),
      stored: () => {
        if (!task.acknowledged) task.acknowledge();
        if (task.settled) this.sweep?.open.delete(task);
      },
    });
  }

  private forget(task: RunningTask, key: string): void {
    if (this.running.get(key) === task) this.running.delete(key);
    task.freeSlot();
    if (task.acknowledged) this.sweep?.open.delete(task);
    if (this.running.size === 0) this.tellIdle();
  }

  private tellIdle(): void {
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private times(task: RunningTask): Pick<ReportParts, 'worker' | 'startedAt' | 'finishedAt'> {
    return { worker: this.parts.worker, startedAt: task.startedAt, finishedAt: this.parts.clock.now() };
  }
}

function keyOf(executionId: string, path: string, attempt: number, kind: string): string {
  return `${executionId}:${path}:${attempt}:${kind}`;
}

function abortedFailure(reason: string): StepFailure {
  return { code: 'ABORTED', message: `the handler was told to stop: ${reason}`, retryable: false, definite: false };
}

function textOf(output: Json, handler: string): string {
  try {
    return JSON.stringify(output) ?? 'null';
  } catch (cause) {
    throw new TerminalError('INVALID_OUTPUT', `what ${handler} returned cannot be written as JSON`, { cause });
  }
}
