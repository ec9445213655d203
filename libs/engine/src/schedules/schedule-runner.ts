import type { ClaimedSchedule, ScheduleProgress, ScheduleRun } from '@jetsaga/contracts';
import type { Commands } from '../commands.ts';
import type { EngineContext } from '../engine-context.ts';
import type { Starts } from '../starts.ts';
import { isTransient } from '../store-errors.ts';
import { planDue } from './due-plan.ts';
import { executionOf, refusalOf, startRun, type RunToStart } from './schedule-run.ts';
import type { Schedules } from './schedules.ts';

const longestSleepMs = 1_000;
const leaseMs = 10_000;
const claimLimit = 50;

/**
 * Starts what is due. Every coordinator runs one: a schedule is a row, claimed for a while with SKIP LOCKED, and each due time has a
 * start key, so that a claim that two hold, or one that its holder did not live to settle, starts nothing twice.
 *
 * Modes: sleeping (until the next due time known of, at most 1 s) → working → sleeping; stopped.
 */
export class ScheduleRunner {
  private cancelSleep: (() => void) | null = null;
  private working: Promise<void> | null = null;
  private stopped = false;
  private readonly parts: {
    readonly context: EngineContext;
    readonly schedules: Schedules;
    readonly starts: Starts;
    readonly commands: Commands;
  };

  constructor(parts: ScheduleRunner['parts']) {
    this.parts = parts;
    this.sleep(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelSleep?.();
    await this.working;
  }

  private sleep(ms: number): void {
    if (this.stopped) return;
    this.cancelSleep = this.parts.context.clock.after(ms, () => {
      this.working = this.work().then((next) => {
        this.working = null;
        this.sleep(next);
      });
    });
  }

  /** Resolves to how long there is nothing to do. */
  private async work(): Promise<number> {
    const { context, schedules } = this.parts;
    try {
      await schedules.sync();
      const now = context.clock.now();
      const claims = await context.store.schedules.claim(now, leaseMs, claimLimit);
      await Promise.all(claims.map((claim) => this.take(claim)));
      if (claims.length === claimLimit) return 0;
      const next = await context.store.schedules.nextFireAt(now);
      return next === undefined ? longestSleepMs : Math.min(longestSleepMs, Math.max(0, next - context.clock.now()));
    } catch (error) {
      context.observer.failed('schedules', error);
      return longestSleepMs;
    }
  }

  private async take(claim: ClaimedSchedule): Promise<void> {
    const { context } = this.parts;
    const { schedules } = context.store;
    try {
      await schedules.settle(claim, await this.run(claim));
    } catch (error) {
      context.observer.failed(`schedule ${claim.id}`, error);
      // Anything else would fail again at once: it is tried again when the claim is over.
      if (isTransient(error)) await schedules.release(claim).catch(() => undefined);
    }
  }

  private async run(claim: ClaimedSchedule): Promise<ScheduleProgress> {
    const { context, schedules } = this.parts;
    const { due, missed, nextAt, fireAt } = planDue(claim, context.clock.now());
    const found = await schedules.planned(claim);
    if (!found) throw new Error(`version ${claim.version} of ${claim.workflow} has no such schedule`);
    const progress = new Progress(claim);
    if (missed !== null) progress.note(missed, 'missed');
    if (claim.waitingFor !== null && !(await this.isBusy(progress)))
      await this.start(progress, { ...found, dueAt: claim.waitingFor });
    for (const dueAt of due) {
      const busy = claim.times.overlap !== 'allow' && (await this.isBusy(progress));
      if (busy) await this.overlaps(progress, claim, dueAt);
      else await this.start(progress, { ...found, dueAt });
    }
    return { ...progress.written, nextAt, fireAt };
  }

  private async isBusy({ written }: Progress): Promise<boolean> {
    const { lastExecutionId } = written;
    return lastExecutionId !== null && (await this.parts.context.store.schedules.isRunning(lastExecutionId));
  }

  /** The execution before it still runs. */
  private async overlaps(progress: Progress, { id, times }: ClaimedSchedule, dueAt: number): Promise<void> {
    const { lastExecutionId, waitingFor } = progress.written;
    switch (times.overlap) {
      case 'allow':
      case 'skip':
        return progress.note(dueAt, 'skipped');
      case 'buffer_one':
        return waitingFor === null ? progress.wait(dueAt) : progress.note(dueAt, 'skipped');
      case 'cancel_other':
        // Where one waits already, the execution before it has been told.
        if (lastExecutionId !== null && waitingFor === null) {
          const reason = `the schedule ${id} is due again`;
          await this.parts.commands.give({
            executionId: lastExecutionId,
            body: { kind: 'cancel', reason, compensate: true },
            by: `schedule:${id}`,
          });
        }
        return progress.wait(dueAt);
    }
  }

  private async start(progress: Progress, run: Omit<RunToStart, 'by'>): Promise<void> {
    const outcome = await startRun(this.parts.starts, { ...run, by: `schedule:${run.schedule.id}` });
    if (outcome.kind === 'disabled') throw new Error('the definition has just been disabled');
    const reason = refusalOf(outcome);
    if (reason === undefined) return progress.started(run.dueAt, executionOf(outcome));
    this.parts.context.observer.failed(`a run of the schedule ${run.schedule.id}`, new Error(reason));
    progress.note(run.dueAt, 'refused', reason);
  }
}

/** What has become of a claim so far. */
class Progress {
  written: Pick<ScheduleProgress, 'waitingFor' | 'lastRun' | 'lastExecutionId'>;

  constructor({ waitingFor, lastRun, lastExecutionId }: ClaimedSchedule) {
    this.written = { waitingFor, lastRun, lastExecutionId };
  }

  note(dueAt: number, outcome: ScheduleRun['outcome'], reason: string | null = null): void {
    const waitingFor = this.written.waitingFor === dueAt ? null : this.written.waitingFor;
    this.written = { ...this.written, waitingFor, lastRun: { dueAt, outcome, executionId: null, reason } };
  }

  wait(dueAt: number): void {
    this.note(dueAt, 'waiting');
    this.written = { ...this.written, waitingFor: dueAt };
  }

  started(dueAt: number, executionId: string | null): void {
    const waitingFor = this.written.waitingFor === dueAt ? null : this.written.waitingFor;
    this.written = {
      waitingFor,
      lastRun: { dueAt, outcome: 'started', executionId, reason: null },
      lastExecutionId: executionId,
    };
  }
}
