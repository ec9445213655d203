import type { DispatchRef } from '@jetsaga/contracts';
import { dispatchId } from './change-set.ts';

export interface TrackedTask {
  readonly ref: DispatchRef;
  readonly queue: string;
  readonly outboxId: string;
  readonly sentAt: number;
  sequence: number | null;
  acknowledged: boolean;
}

interface OutboxState {
  openTasks: number;
  messagesPending: boolean;
  renewedAt: number;
}

/**
 * What this process has sent and must not forget yet. A task is in it until it settles here or is put on record; an outbox batch until
 * its messages are acknowledged and none of its tasks is in it any more: then it is done, and its row may go.
 */
export class DispatchLedger {
  private readonly tasks = new Map<string, TrackedTask>();
  private readonly batches = new Map<string, OutboxState>();
  private done: string[] = [];

  open(outboxId: string, tasks: number, hasMessages: boolean, now: number): void {
    this.batches.set(outboxId, { openTasks: tasks, messagesPending: hasMessages, renewedAt: now });
  }

  track(task: TrackedTask): void {
    this.tasks.set(dispatchId(task.ref), task);
  }

  tracked(ref: DispatchRef): TrackedTask | undefined {
    return this.tasks.get(dispatchId(ref));
  }

  settle(ref: DispatchRef): void {
    const id = dispatchId(ref);
    const task = this.tasks.get(id);
    if (!task) return;
    this.tasks.delete(id);
    const batch = this.batches.get(task.outboxId);
    if (!batch) return;
    batch.openTasks -= 1;
    this.finish(task.outboxId, batch);
  }

  messagesSent(outboxId: string): void {
    const batch = this.batches.get(outboxId);
    if (!batch) return;
    batch.messagesPending = false;
    this.finish(outboxId, batch);
  }

  /** How many tasks it has. */
  get size(): number {
    return this.tasks.size;
  }

  /** Leaves the batch to its row: another round will find it. */
  abandon(outboxId: string): void {
    this.batches.delete(outboxId);
  }

  /** Batches whose rows may go. Asking takes them out. */
  takeDone(): string[] {
    const done = this.done;
    this.done = [];
    return done;
  }

  returnDone(ids: readonly string[]): void {
    this.done.push(...ids);
  }

  /** Acknowledged tasks that were sent before the horizon, oldest first. */
  sentBefore(horizon: number, limit: number): TrackedTask[] {
    const due: TrackedTask[] = [];
    for (const task of this.tasks.values()) {
      if (task.sentAt > horizon || due.length >= limit) break;
      if (task.acknowledged) due.push(task);
    }
    return due;
  }

  /** Open batches whose rows were not renewed since then. */
  notRenewedSince(time: number): string[] {
    return [...this.batches].filter(([, batch]) => batch.renewedAt <= time).map(([id]) => id);
  }

  renewed(ids: readonly string[], now: number): void {
    for (const id of ids) {
      const batch = this.batches.get(id);
      if (batch) batch.renewedAt = now;
    }
  }

  private finish(id: string, batch: OutboxState): void {
    if (batch.openTasks > 0 || batch.messagesPending) return;
    this.batches.delete(id);
    this.done.push(id);
  }
}
