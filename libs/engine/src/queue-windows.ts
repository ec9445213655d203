import type { DispatchRef } from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';

/** Tasks of one queue that wait in the stream, at most; beyond it they wait in Postgres. */
export const queueWindow = 2_000;
const refillBelow = queueWindow / 2;
/** A backlog as short as that does not keep new tasks out of a stream that has room. */
const shortBacklog = 500;
const calmMs = 1_000;
const busyMs = 200;

interface Refill {
  /** About how many tasks wait in the stream. */
  waiting: number;
  cursor: string;
  busy: boolean;
}

/**
 * Keeps the queues in the stream short, so that what is sent next can still be chosen. Asks how long they are, once a second; while
 * every queue is below its window that is all it does. One that is not is closed: its tasks become rows. A coordinator has them
 * sent as the stream gets room; when few are left, the queue is open again.
 *
 * Modes of a queue: open → closed (the window is full) → open (there is room, and the backlog is short).
 */
export class QueueWindows {
  private closed: ReadonlySet<string> = new Set();
  private refills = new Map<string, Refill>();
  private cancelNext: (() => void) | null = null;
  private polling: Promise<void> | null = null;
  private readonly taking = new Set<Promise<void>>();
  private stopped = false;
  private readonly context: EngineContext;
  /** How many tasks this process has sent lately. */
  private readonly sentLately: () => number;
  private sendTurn: ((task: DispatchRef) => void) | null = null;

  constructor(context: EngineContext, sentLately: () => number) {
    this.context = context;
    this.sentLately = sentLately;
    this.schedule();
  }

  /** This process has the backlog sent, task by task. */
  refillThrough(send: (task: DispatchRef) => void): void {
    this.sendTurn = send;
  }

  /** Whether a task for this queue becomes a row instead of a message. */
  holds(queue: string): boolean {
    return this.closed.size > 0 && this.closed.has(queue);
  }

  /** Whether it is of use to tell which steps have settled. */
  get counts(): boolean {
    return this.refills.size > 0;
  }

  settled(queues: readonly string[]): void {
    for (const queue of queues) {
      const refill = this.refills.get(queue);
      if (!refill) continue;
      refill.waiting -= 1;
      if (refill.waiting < refillBelow) this.refill(queue, refill);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelNext?.();
    await this.polling;
    await Promise.all(this.taking);
  }

  private schedule(): void {
    if (this.stopped) return;
    const isBusy = this.closed.size + this.refills.size > 0 || this.sentLately() > 2 * queueWindow;
    this.cancelNext = this.context.clock.after(isBusy ? busyMs : calmMs, () => {
      this.polling = this.poll()
        .catch((error: unknown) => this.context.observer.failed('queue windows', error))
        .finally(() => this.schedule());
    });
  }

  private async poll(): Promise<void> {
    const { bus, store } = this.context;
    const [stream, backlogs] = await Promise.all([bus.taskStream(), store.backlogQueues()]);
    // While the stream is away nothing is in it, and what is sent comes back as a row of the outbox.
    const waiting = stream?.waiting ?? new Map<string, number>();
    const closed = new Set([...waiting].filter(([, tasks]) => tasks >= queueWindow).map(([queue]) => queue));
    for (const [queue, tasks] of backlogs) {
      if (tasks >= shortBacklog || (waiting.get(queue) ?? 0) >= refillBelow) closed.add(queue);
    }
    this.closed = closed;
    if (!this.sendTurn) return;
    for (const queue of this.refills.keys()) if (!backlogs.has(queue)) this.refills.delete(queue);
    for (const queue of backlogs.keys()) {
      const refill = this.refills.get(queue) ?? { waiting: 0, cursor: '', busy: false };
      this.refills.set(queue, refill);
      if (refill.busy) continue;
      refill.waiting = waiting.get(queue) ?? 0;
      if (refill.waiting < refillBelow) this.refill(queue, refill);
    }
  }

  private refill(queue: string, refill: Refill): void {
    if (refill.busy || this.stopped) return;
    refill.busy = true;
    const taking = this.take(queue, refill)
      .catch((error: unknown) => this.context.observer.failed(`backlog of the queue ${queue}`, error))
      .finally(() => {
        refill.busy = false;
        this.taking.delete(taking);
      });
    this.taking.add(taking);
  }

  private async take(queue: string, refill: Refill): Promise<void> {
    const taken = await this.context.store.takeBacklog(queue, queueWindow - Math.max(0, refill.waiting), refill.cursor);
    refill.cursor = taken.cursor;
    refill.waiting += taken.tasks.length;
    for (const task of taken.tasks) this.sendTurn?.(task);
  }
}
