import { stepPath, type TimerRecord } from '@jetsaga/contracts';
import type { EngineContext } from './engine-context.ts';
import type { SagaLoop } from './saga-loop.ts';

const longestSleepMs = 1_000;
const leaseMs = 10_000;
const claimLimit = 500;

/**
 * Hands due timers to the saga loop. They are rows, claimed for a while with SKIP LOCKED, and gone once the transition
 * they cause is committed; one whose process died comes again when its claim is over.
 *
 * Modes: sleeping (until the next timer known of, at most 1 s) → claiming → sleeping; stopped.
 */
export class Timers {
  private wakeAt = Infinity;
  private cancelSleep: (() => void) | null = null;
  private claiming: Promise<void> | null = null;
  private stopped = false;
  private readonly context: EngineContext;
  private readonly loop: Pick<SagaLoop, 'add'>;

  constructor(context: EngineContext, loop: Pick<SagaLoop, 'add'>) {
    this.context = context;
    this.loop = loop;
    this.sleepUntil(context.clock.now());
  }

  /** A timer was set: do not sleep past it. */
  noticed(dueAt: number): void {
    if (dueAt < this.wakeAt && !this.claiming) this.sleepUntil(dueAt);
    this.wakeAt = Math.min(this.wakeAt, dueAt);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelSleep?.();
    await this.claiming;
  }

  private sleepUntil(at: number): void {
    this.cancelSleep?.();
    if (this.stopped) return;
    const now = this.context.clock.now();
    this.wakeAt = Math.min(at, now + longestSleepMs);
    this.cancelSleep = this.context.clock.after(Math.max(0, this.wakeAt - now), () => {
      this.wakeAt = Infinity;
      this.claiming = this.claim().finally(() => (this.claiming = null));
    });
  }

  private async claim(): Promise<void> {
    let next = Infinity;
    try {
      const now = this.context.clock.now();
      const timers = await this.context.store.claimTimers(now, leaseMs, claimLimit);
      for (const timer of timers) this.fire(timer);
      next = timers.length === claimLimit ? now : ((await this.context.store.nextTimerAt(now)) ?? Infinity);
    } catch (error) {
      this.context.observer.failed('timers', error);
    }
    this.sleepUntil(Math.min(next, this.wakeAt));
  }

  private fire(timer: TimerRecord): void {
    this.loop.add({
      executionId: timer.executionId,
      // A map's own record lies at its path.
      scope: timer.kind === 'map' ? stepPath(timer.scope, timer.node) : timer.scope,
      body: { kind: 'timer', timer },
      settle: (outcome) => {
        if (outcome.kind === 'poison') this.context.observer.failed(`timer ${timer.kind} of ${timer.executionId}`, outcome.error);
      },
    });
  }
}
