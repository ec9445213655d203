import type { ClaimedSchedule, ScheduleProgress, ScheduleRun, ScheduleToKeep } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { ms } from '../rows/milliseconds.ts';
import { withoutNul } from '../saga/without-nul.ts';
import { scheduleColumns } from './schedule-row.ts';

const at = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000.0)`;
const ofCurrentVersion = `EXISTS (SELECT FROM saga.definitions d WHERE d.key = s.workflow AND d.current_version = s.version AND NOT d.disabled)`;

/**
 * The definitions' rows are locked against a change of version meanwhile: of two processes, the one that knows an older version
 * writes nothing, whichever comes last.
 */
export function keepSchedules(schedules: readonly ScheduleToKeep[]): QueryConfig {
  return {
    text: `WITH given AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::float8[], $6::float8[])
          AS r (id, workflow, version, times, next, fire)),
      current AS (
        SELECT d.key, d.current_version FROM saga.definitions d
        WHERE NOT d.disabled AND (d.key, d.current_version) IN (SELECT workflow, version FROM given) ORDER BY d.key FOR SHARE)
      INSERT INTO saga.schedules AS s (id, workflow, version, times, active, next_at, fire_at)
      SELECT r.id, r.workflow, r.version, r.times::jsonb, true, ${at('r.next')}, ${at('r.fire')}
      FROM given r JOIN current c ON c.key = r.workflow AND c.current_version = r.version ORDER BY r.id
      ON CONFLICT (id) DO UPDATE SET version = excluded.version, times = excluded.times, active = true,
        next_at = CASE WHEN s.active AND s.times = excluded.times THEN s.next_at ELSE excluded.next_at END,
        fire_at = CASE WHEN s.active AND s.times = excluded.times THEN s.fire_at ELSE excluded.fire_at END,
        claimed_until = '-infinity'
      WHERE NOT s.active OR s.version <> excluded.version OR s.times <> excluded.times`,
    values: [
      schedules.map((schedule) => schedule.id),
      schedules.map((schedule) => schedule.workflow),
      schedules.map((schedule) => schedule.version),
      schedules.map((schedule) => JSON.stringify(schedule.times)),
      schedules.map((schedule) => schedule.nextAt),
      schedules.map((schedule) => schedule.fireAt),
    ],
  };
}

export function restSchedules(): QueryConfig {
  return { text: `UPDATE saga.schedules s SET active = false, waiting_for = NULL WHERE active AND NOT ${ofCurrentVersion}` };
}

/** A run that waits can start when the execution before it has ended, or is no longer on record. */
export function claimSchedules(now: number, leaseMs: number, limit: number): QueryConfig {
  return {
    text: `WITH due AS (
        SELECT s.id FROM saga.schedules s
        WHERE s.active AND NOT s.paused AND s.claimed_until <= ${at('$1')} AND ${ofCurrentVersion}
          AND (s.fire_at <= ${at('$1')} OR (s.waiting_for IS NOT NULL
            AND NOT EXISTS (SELECT FROM saga.executions e WHERE e.id = s.last_execution_id AND e.finished_at IS NULL)))
        ORDER BY s.fire_at LIMIT $3 FOR UPDATE OF s SKIP LOCKED)
      UPDATE saga.schedules s SET claimed_until = ${at('($1::float8 + $2::float8)')} FROM due WHERE s.id = due.id
      RETURNING ${scheduleColumns}, ${ms('s.claimed_until')} AS claimed_ms`,
    values: [now, leaseMs, limit],
  };
}

export function settleSchedule({ id, claimedUntil }: ClaimedSchedule, progress: ScheduleProgress): QueryConfig {
  const { nextAt, fireAt, waitingFor, lastRun, lastExecutionId } = progress;
  return {
    text: `UPDATE saga.schedules SET next_at = ${at('$3')}, fire_at = ${at('$4')}, waiting_for = ${at('$5')}, last_run = $6::jsonb,
        last_execution_id = $7::uuid, claimed_until = '-infinity'
      WHERE id = $1 AND claimed_until = ${at('$2')}`,
    values: [id, claimedUntil, nextAt, fireAt, waitingFor, runJson(lastRun), lastExecutionId],
  };
}

export function releaseSchedule({ id, claimedUntil }: ClaimedSchedule): QueryConfig {
  return {
    text: `UPDATE saga.schedules SET claimed_until = '-infinity' WHERE id = $1 AND claimed_until = ${at('$2')}`,
    values: [id, claimedUntil],
  };
}

export function nextFire(after: number): QueryConfig {
  return {
    text: `SELECT ${ms('fire_at')} AS fire_ms FROM saga.schedules WHERE active AND NOT paused AND fire_at > ${at('$1')} ORDER BY fire_at LIMIT 1`,
    values: [after],
  };
}

export function runningExecution(id: string): QueryConfig {
  return { text: 'SELECT id FROM saga.executions WHERE id = $1::uuid AND finished_at IS NULL', values: [id] };
}

const ofCurrent = `SELECT ${scheduleColumns}, d.disabled FROM saga.schedules s
  JOIN saga.definitions d ON d.key = s.workflow AND d.current_version = s.version`;

export function listedSchedules(after: string, limit: number, workflow: string | undefined): QueryConfig {
  return {
    text: `${ofCurrent} WHERE s.id > $1 AND ($3::text IS NULL OR s.workflow = $3) ORDER BY s.id LIMIT $2`,
    values: [after, limit, workflow ?? null],
  };
}

export function scheduleById(id: string): QueryConfig {
  return { text: `${ofCurrent} WHERE s.id = $1`, values: [id] };
}

export function pauseSchedule(id: string, by: string): QueryConfig {
  return {
    text: `UPDATE saga.schedules SET paused = true, changed_by = $2, changed_at = clock_timestamp(), waiting_for = NULL, claimed_until = '-infinity' WHERE id = $1 AND NOT paused`,
    values: [id, by],
  };
}

export function resumeSchedule(id: string, by: string, nextAt: number | null, fireAt: number | null): QueryConfig {
  return {
    text: `UPDATE saga.schedules SET paused = false, changed_by = $2, changed_at = clock_timestamp(), next_at = ${at('$3')}, fire_at = ${at('$4')}, claimed_until = '-infinity'
      WHERE id = $1 AND paused`,
    values: [id, by, nextAt, fireAt],
  };
}

export function recordRun(id: string, run: ScheduleRun): QueryConfig {
  return {
    text: `UPDATE saga.schedules SET last_run = $2::jsonb, last_execution_id = coalesce($3::uuid, last_execution_id) WHERE id = $1`,
    values: [id, runJson(run), run.executionId],
  };
}

function runJson(run: ScheduleRun | null): string | null {
  return run === null ? null : JSON.stringify({ ...run, reason: withoutNul(run.reason) });
}
