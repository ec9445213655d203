import type { SlotGroup } from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';
import type { Starts } from './starts.ts';

const groupsAtOnce = 100;

/**
 * Starts executions that wait for a slot, as slots become free. Who is next is looked up without a lock; the start itself counts
 * again under one, so that several coordinators may do it at the same time.
 *
 * Modes: idle → looking (a group was noticed) → idle (nobody is next in any group); stopped.
 */
export class Admissions {
  private readonly noted = new Map<string, SlotGroup>();
  private looking: Promise<void> | null = null;
  private stopped = false;
  private readonly context: EngineContext;
  private readonly starts: Pick<Starts, 'start'>;

  constructor(context: EngineContext, starts: Pick<Starts, 'start'>) {
    this.context = context;
    this.starts = starts;
  }

  /** Slots may be free in these groups, and somebody may wait there. */
  noticed(groups: readonly SlotGroup[]): void {
    if (this.stopped) return;
    for (const group of groups) this.noted.set(JSON.stringify([group.workflow, group.key]), group);
    if (this.noted.size > 0) this.looking ??= this.look().finally(() => (this.looking = null));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.noted.clear();
    await this.looking;
  }

  private async look(): Promise<void> {
    while (this.noted.size > 0) {
      const groups = [...this.noted].slice(0, groupsAtOnce);
      for (const [id] of groups) this.noted.delete(id);
      try {
        const again = await this.admit(groups.map(([, group]) => group));
        if (!this.stopped) for (const group of again) this.noted.set(JSON.stringify([group.workflow, group.key]), group);
      } catch (error) {
        // The reconciler finds the groups again.
        this.context.observer.failed('admission', error);
      }
    }
  }

  /** Starts who is next, and gives back the groups in which somebody was started: there may be more. */
  private async admit(groups: readonly SlotGroup[]): Promise<SlotGroup[]> {
    const next = await this.context.store.nextForSlots(groups);
    const started = await Promise.all(
      next.map(async ({ workflow, key, executionId }) => {
        try {
          const order = { workflow, input: null, by: 'coordinator', pendingId: executionId, queued: { key } };
          return (await this.starts.start(order)).kind === 'started';
        } catch (error) {
          this.context.observer.failed(`start of ${executionId}, which waits for a slot`, error);
          return false;
        }
      }),
    );
    return next.filter((_, index) => started[index]).map(({ workflow, key }) => ({ workflow, key }));
  }
}
