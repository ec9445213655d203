import type { BulkJob, BulkStore } from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';
import type { SagaLoop } from './saga-loop.ts';

const everyMs = 500;
const leaseMs = 30_000;
const pageSize = 250;

/**
 * Works through bulk jobs, a page at a time. A page's commands are in Postgres before anyone looks at them, together with how far the job
 * is: what a process leaves behind, another one goes on with. The next page waits until the last one has been acted upon, so that new
 * work has its share.
 *
 * Modes: looking for a job, at most every half second → working on one → looking; stopped.
 */
export class BulkRunner {
  private cancelNext: (() => void) | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;
  private readonly context: Pick<EngineContext, 'clock' | 'observer'>;
  private readonly store: BulkStore;
  private readonly loop: Pick<SagaLoop, 'submit'>;

  constructor(context: Pick<EngineContext, 'clock' | 'observer'>, store: BulkStore, loop: Pick<SagaLoop, 'submit'>) {
    this.context = context;
    this.store = store;
    this.loop = loop;
    this.schedule();
  }

  /** Resolves when the page that is being worked on is done; the rest of the job is left to others. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelNext?.();
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.cancelNext = this.context.clock.after(everyMs, () => {
      this.running = this.look()
        .catch((error: unknown) => this.context.observer.failed('bulk job', error))
        .finally(() => {
          this.running = null;
          this.schedule();
        });
    });
  }

  private async look(): Promise<void> {
    const job = await this.store.claim(this.context.clock.now(), leaseMs);
    if (job) await this.workOn(job);
  }

  private async workOn({ id }: BulkJob): Promise<void> {
    for (let over = false; !over && !this.stopped;) {
      const page = await this.store.nextPage(id, this.context.clock.now(), leaseMs, pageSize);
      over = page.over;
      await Promise.all(
        page.executions.map((executionId) => this.loop.submit({ executionId, scope: '', body: { kind: 'poke' } })),
      );
    }
  }
}
