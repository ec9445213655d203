import type {
  Actor,
  ClaimedSchedule,
  ScheduleProgress,
  ScheduleRecord,
  ScheduleRun,
  ScheduleStore,
  ScheduleToKeep,
} from '@jetsaga/contracts';
import type { Pool } from 'pg';
import * as sql from './schedule.sql.ts';
import { toClaim, toSchedule } from './schedule-row.ts';

type Listed = ScheduleRecord & { readonly disabled: boolean };

/** Schedules in `saga.schedules`. */
export class PgScheduleStore implements ScheduleStore {
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async keep(schedules: readonly ScheduleToKeep[]): Promise<void> {
    if (schedules.length > 0) await this.pool.query(sql.keepSchedules(schedules));
  }

  async rest(): Promise<void> {
    await this.pool.query(sql.restSchedules());
  }

  async claim(now: number, leaseMs: number, limit: number): Promise<ClaimedSchedule[]> {
    const { rows } = await this.pool.query(sql.claimSchedules(now, leaseMs, limit));
    return rows.map(toClaim);
  }

  async settle(claim: ClaimedSchedule, progress: ScheduleProgress): Promise<void> {
    await this.pool.query(sql.settleSchedule(claim, progress));
  }

  async release(claim: ClaimedSchedule): Promise<void> {
    await this.pool.query(sql.releaseSchedule(claim));
  }

  async nextFireAt(after: number): Promise<number | undefined> {
    const { rows } = await this.pool.query(sql.nextFire(after));
    return rows[0]?.fire_ms ?? undefined;
  }

  async isRunning(executionId: string): Promise<boolean> {
    const { rows } = await this.pool.query(sql.runningExecution(executionId));
    return rows.length > 0;
  }

  async list({ after, limit, workflow }: Parameters<ScheduleStore['list']>[0]): Promise<Listed[]> {
    const { rows } = await this.pool.query(sql.listedSchedules(after, limit, workflow));
    return rows.map((row) => ({ ...toSchedule(row), disabled: row.disabled }));
  }

  async get(id: string): Promise<Listed | undefined> {
    const { rows } = await this.pool.query(sql.scheduleById(id));
    return rows[0] && { ...toSchedule(rows[0]), disabled: rows[0].disabled };
  }

  async pause(id: string, by: Actor): Promise<void> {
    await this.pool.query(sql.pauseSchedule(id, by));
  }

  async resume(id: string, by: Actor, next: Pick<ScheduleToKeep, 'nextAt' | 'fireAt'>): Promise<void> {
    await this.pool.query(sql.resumeSchedule(id, by, next.nextAt, next.fireAt));
  }

  async ran(id: string, run: ScheduleRun): Promise<void> {
    await this.pool.query(sql.recordRun(id, run));
  }
}
