import type { ClaimedSchedule, ScheduleRecord, ScheduleRun, ScheduleTimes } from '@jetsaga/contracts';
import { ms } from '../rows/milliseconds.ts';

/** Of `saga.schedules s`. */
export const scheduleColumns = `s.id, s.workflow, s.version, s.times, s.paused, s.changed_by, ${ms('s.changed_at')} AS changed_ms, ${ms('s.next_at')} AS next_ms,
  ${ms('s.waiting_for')} AS waiting_ms, s.last_run, s.last_execution_id`;

export interface ScheduleRow {
  id: string;
  workflow: string;
  version: number;
  times: ScheduleTimes;
  paused: boolean;
  changed_by: string | null;
  changed_ms: number | null;
  next_ms: number | null;
  waiting_ms: number | null;
  last_run: ScheduleRun | null;
  last_execution_id: string | null;
}

export function toSchedule(row: ScheduleRow): ScheduleRecord {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    times: row.times,
    paused: row.paused,
    changedBy: row.changed_by,
    changedAt: row.changed_ms,
    nextAt: row.next_ms,
    waitingFor: row.waiting_ms,
    lastRun: row.last_run,
    lastExecutionId: row.last_execution_id,
  };
}

export function toClaim(row: ScheduleRow & { claimed_ms: number }): ClaimedSchedule {
  return { ...toSchedule(row), claimedUntil: row.claimed_ms };
}
