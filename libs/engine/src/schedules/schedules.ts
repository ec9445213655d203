import type { Actor, ScheduleRecord, ScheduleStore, ScheduleToKeep } from '@jetsaga/contracts';
import type { Plan, PlanSchedule } from '@jetsaga/workflow';
import type { EngineContext } from '../engine-context.ts';
import type { EventIntake } from '../event-intake.ts';
import type { PlanCache } from '../plan-cache.ts';
import type { StartOutcome } from '../start-order.ts';
import type { Starts } from '../starts.ts';
import { dueAfter, dueBetween, fireTime } from './due-times.ts';
import { executionOf, refusalOf, startRun } from './schedule-run.ts';

export type ListedSchedule = ScheduleRecord & { readonly disabled: boolean };

export interface BackfilledRun {
  readonly dueAt: number;
  readonly executionId: string | null;
  /** It had run before: nothing was started. */
  readonly known: boolean;
  /** Why there is no execution. */
  readonly reason?: string;
}

/** Due times that one backfill starts at most. */
export const backfillLimit = 1_000;

/** The schedules of all definitions: kept in step with their versions, and what an operator may ask of them. */
export class Schedules {
  private synced: readonly Plan[] | null = null;
  private syncing: Promise<void> | null = null;
  private readonly parts: {
    readonly context: EngineContext;
    readonly plans: PlanCache;
    readonly starts: Starts;
    readonly events: EventIntake;
  };

  constructor(parts: Schedules['parts']) {
    this.parts = parts;
  }

  private get store(): ScheduleStore {
    return this.parts.context.store.schedules;
  }

  /** Writes what the current versions of the enabled definitions say, when anything of it has changed since the last time. */
  sync(): Promise<void> {
    this.syncing ??= this.keepAll().finally(() => (this.syncing = null));
    return this.syncing;
  }

  private async keepAll(): Promise<void> {
    const plans = await this.parts.events.currentPlans();
    if (plans === this.synced) return;
    const now = this.parts.context.clock.now();
    // All of them, whatever has changed: another process may have put to rest what has just been enabled again.
    await this.store.keep(plans.flatMap((plan) => this.rowsOf(plan, now)));
    await this.store.rest();
    this.synced = plans;
  }

  /** A definition that cannot be read does not keep the others from their schedules. */
  private rowsOf(plan: Plan, now: number): ScheduleToKeep[] {
    try {
      return plan.schedules.map((schedule) => {
        const { id, input: _input, ...times } = schedule;
        return { id, workflow: plan.key, version: plan.version, times, ...nextOf(schedule, now) };
      });
    } catch (error) {
      this.parts.context.observer.failed(`schedules of ${plan.key} version ${plan.version}`, error);
      return [];
    }
  }

  list(query: Parameters<ScheduleStore['list']>[0]): Promise<ListedSchedule[]> {
    return this.store.list(query);
  }

  get(id: string): Promise<ListedSchedule | undefined> {
    return this.store.get(id);
  }

  pause(id: string, by: Actor): Promise<void> {
    return this.store.pause(id, by);
  }

  /** Goes on with the next due time from now. */
  async resume({ id, times }: ScheduleRecord, by: Actor): Promise<void> {
    await this.store.resume(id, by, nextOf({ id, ...times }, this.parts.context.clock.now()));
  }

  /** Starts a run now, whatever it overlaps with; durable when it resolves. */
  async trigger(record: ScheduleRecord, by: Actor): Promise<StartOutcome> {
    const found = await this.planned(record);
    if (!found) return { kind: 'unknown_version' };
    const { clock, random } = this.parts.context;
    const dueAt = clock.now();
    const outcome = await startRun(this.parts.starts, { ...found, dueAt, by, nonce: random.uuid() });
    const executionId = executionOf(outcome);
    if (executionId !== null) await this.store.ran(record.id, { dueAt, outcome: 'started', executionId, reason: null });
    return outcome;
  }

  /**
   * Starts what was due from `from` to `to` and has not run, whatever it overlaps with; oldest first, durable when it resolves.
   * `too_many`: more than `backfillLimit` due times; nothing was started.
   */
  async backfill(record: ScheduleRecord, from: number, to: number, by: Actor): Promise<readonly BackfilledRun[] | 'too_many'> {
    const due = dueBetween(record.times, from, to, backfillLimit + 1);
    if (due.length > backfillLimit) return 'too_many';
    const found = await this.planned(record);
    if (!found) return [];
    return Promise.all(
      due.map(async (dueAt) => {
        const outcome = await startRun(this.parts.starts, { ...found, dueAt, by });
        const reason = refusalOf(outcome);
        return {
          dueAt,
          executionId: executionOf(outcome),
          known: outcome.kind === 'known' || outcome.kind === 'conflict',
          ...(reason !== undefined && { reason }),
        };
      }),
    );
  }

  /** The plan of the version that the row is of, and its schedule there. */
  async planned({ id, workflow, version }: ScheduleRecord): Promise<{ plan: Plan; schedule: PlanSchedule } | undefined> {
    const plan = await this.parts.plans.plan(workflow, version);
    const schedule = plan?.schedules.find((one) => one.id === id);
    return plan && schedule && { plan, schedule };
  }
}

function nextOf(schedule: { id: string } & ScheduleRecord['times'], now: number) {
  const nextAt = dueAfter(schedule, now);
  return { nextAt, fireAt: nextAt === null ? null : fireTime(schedule.id, schedule.jitterMs, nextAt) };
}
