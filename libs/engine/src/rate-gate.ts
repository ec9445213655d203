import type { HeldTaskRef } from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';
import type { SagaLoop } from './saga-loop.ts';

const bucketsAtOnce = 2;
/** Rows that somebody else has locked come free in no time; looking for them all the while would be in vain. */
const shortestPauseMs = 10;

/**
 * Lets tasks go that a rate limit holds: looks at a bucket when a task is held by it, and again when it has room. What was
 * let go is counted in Postgres, so that all coordinators together keep to the limit.
 *
 * Modes: sleeping (until the first bucket has room) → looking → sleeping; stopped.
 */
export class RateGate {
  /** When to look at a bucket; before that it is known to have no room. */
  private readonly due = new Map<string, number>();
  private cancelSleep: (() => void) | null = null;
  private looking: Promise<void> | null = null;
  private stopped = false;
  private readonly context: EngineContext;
  private readonly loop: Pick<SagaLoop, 'add'>;

  constructor(context: EngineContext, loop: Pick<SagaLoop, 'add'>) {
    this.context = context;
    this.loop = loop;
  }

  /** Tasks are held by these buckets. */
  noticed(buckets: Iterable<string>): void {
    const now = this.context.clock.now();
    for (const bucket of buckets) if (!this.due.has(bucket)) this.due.set(bucket, now);
    this.sleep();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelSleep?.();
    await this.looking;
  }

  private sleep(): void {
    if (this.stopped || this.looking || this.due.size === 0) return;
    this.cancelSleep?.();
    const first = Math.min(...this.due.values());
    this.cancelSleep = this.context.clock.after(Math.max(0, first - this.context.clock.now()), () => {
      this.looking = this.look().finally(() => {
        this.looking = null;
        this.sleep();
      });
    });
  }

  private async look(): Promise<void> {
    const now = this.context.clock.now();
    const ready = [...this.due].filter(([, at]) => at <= now).map(([bucket]) => bucket);
    for (let from = 0; from < ready.length && !this.stopped; from += bucketsAtOnce) {
      await Promise.all(ready.slice(from, from + bucketsAtOnce).map((bucket) => this.lookAt(bucket)));
    }
  }

  private async lookAt(bucket: string): Promise<void> {
    this.due.delete(bucket);
    try {
      const { tasks, nextAt } = await this.context.store.releaseHeldTasks(bucket);
      for (const task of tasks) this.release(task);
      if (nextAt !== null) this.due.set(bucket, Math.max(nextAt, this.context.clock.now() + shortestPauseMs));
    } catch (error) {
      // The reconciler finds the bucket again.
      this.context.observer.failed(`rate limit ${bucket}`, error);
    }
  }

  private release(task: HeldTaskRef): void {
    this.loop.add({
      executionId: task.executionId,
      scope: task.scope,
      body: { kind: 'released', task },
      settle: (outcome) => {
        if (outcome.kind === 'poison') this.context.observer.failed(`release of ${task.executionId}`, outcome.error);
      },
    });
  }
}
