import type { Task } from '@jetsaga/contracts';
import type { Delivery } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';
import type { AnyHandler, HandlerContext, HandlerLog } from '../define-handler.ts';
import type { Slots } from './slots.ts';

export type AbortCause = 'timeout' | 'cancel' | 'shutdown';

export interface RunningTaskParts {
  readonly task: Task;
  readonly handler: AnyHandler;
  readonly delivery: Delivery;
  readonly slots: Slots;
  readonly mayHoldReferences: boolean;
  readonly log: Logger;
  readonly startedAt: number;
}

/**
 * One attempt in this worker; its handler's context, too.
 *
 * `reported` turns true when its outcome is handed to the result sender, or when it was handed back: by the handler's end, or
 * before it by a timeout or shutdown. `settled` turns true when the handler has ended. `acknowledged`: the messages are done with.
 * It is open until all of that is so, or until a handler that ignores its abort signal is given up.
 */
export class RunningTask implements HandlerContext {
  readonly task: Task;
  readonly handler: AnyHandler;
  readonly mayHoldReferences: boolean;
  readonly startedAt: number;
  readonly timeoutAt: number;
  traceparent: string | null;
  reported = false;
  settled = false;
  acknowledged = false;
  startAnnounced = false;
  keptAliveAt: number;
  aborted: { readonly cause: AbortCause; readonly at: number; readonly message: string } | null = null;
  /** What was put into its configuration, to be kept out of what it reports. */
  secretValues: readonly string[] = [];
  private readonly deliveries: Delivery[];
  private readonly slots: Slots;
  private readonly logger: Logger;
  private handlerLog: HandlerLog | null = null;
  private controller: AbortController | null = null;
  private slotTaken = true;
  private latestProgress: number | null = null;
  private progressAt = 0;

  constructor(parts: RunningTaskParts) {
    this.task = parts.task;
    this.handler = parts.handler;
    this.mayHoldReferences = parts.mayHoldReferences;
    this.startedAt = parts.startedAt;
    this.keptAliveAt = parts.startedAt;
    const { timeoutMs, deadline } = parts.task;
    this.timeoutAt = Math.min(parts.startedAt + timeoutMs, deadline ?? Number.POSITIVE_INFINITY);
    this.traceparent = parts.delivery.traceparent ?? null;
    this.deliveries = [parts.delivery];
    this.slots = parts.slots;
    this.logger = parts.log;
    parts.slots.take();
  }

  get executionId(): string {
    return this.task.executionId;
  }

  get workflow(): string {
    return this.task.workflow;
  }

  get path(): string {
    return this.task.path;
  }

  get attempt(): number {
    return this.task.attempt;
  }

  get kind(): 'run' | 'undo' {
    return this.task.kind === 'undo' ? 'undo' : 'run';
  }

  get outcomeUnknown(): boolean {
    return this.task.outcomeUnknown ?? false;
  }

  get idempotencyKey(): string {
    return this.task.idempotencyKey;
  }

  get token(): string {
    return this.task.token;
  }

  get retriesLeft(): number {
    return this.task.retriesLeft ?? 0;
  }

  /** A property, so that handlers may take it out of their context. */
  readonly progress = (fraction: number): void => {
    if (Number.isFinite(fraction)) this.latestProgress = Math.min(1, Math.max(0, fraction));
  };

  get log(): HandlerLog {
    this.handlerLog ??= handlerLog(this.task, this.logger);
    return this.handlerLog;
  }

  /** Most handlers never look at it, so it is made when one does. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(new Error(this.aborted.message));
    }
    return this.controller.signal;
  }

  get branches(): readonly string[] {
    return this.task.branches ?? [];
  }

  /** Progress that is due to be passed on: the latest, at most one per interval. */
  takeProgress(now: number, everyMs: number): number | null {
    if (this.latestProgress === null || now - this.progressAt < everyMs) return null;
    const progress = this.latestProgress;
    this.latestProgress = null;
    this.progressAt = now;
    return progress;
  }

  abort(cause: AbortCause, at: number, message: string): void {
    if (this.aborted) return;
    this.aborted = { cause, at, message };
    this.controller?.abort(new Error(message));
  }

  /** Another message for the same attempt: it is answered together with the first. */
  adopt(delivery: Delivery): void {
    if (this.acknowledged) delivery.ack();
    else this.deliveries.push(delivery);
  }

  keepAlive(now: number): void {
    this.keptAliveAt = now;
    for (const delivery of this.deliveries) delivery.working();
  }

  acknowledge(): void {
    this.acknowledged = true;
    for (const delivery of this.deliveries) delivery.ack();
  }

  handBack(): void {
    this.reported = true;
    this.acknowledged = true;
    for (const delivery of this.deliveries) delivery.nak();
  }

  freeSlot(): void {
    if (!this.slotTaken) return;
    this.slotTaken = false;
    this.slots.release();
  }
}

/** A log that says whose task it is about. */
export function handlerLog({ executionId: execution, path, attempt, handler }: Task, logger: Logger): HandlerLog {
  const about = { execution, path, attempt, handler };
  return {
    info: (message, fields) => logger.info({ ...fields, ...about }, message),
    warn: (message, fields) => logger.warn({ ...fields, ...about }, message),
    error: (message, fields) => logger.error({ ...fields, ...about }, message),
  };
}
