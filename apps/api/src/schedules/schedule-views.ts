import type { ListedSchedule } from '@jetsaga/engine';
import { timeOf } from '@jetsaga/workflow';
import { z } from 'zod';
import { pageQuery } from '../http/page.ts';
import { isoTime } from '../http/time.ts';

export const schedulesQuery = pageQuery.extend({ workflow: z.string().max(200).optional().describe('Of this definition only.') });
export type SchedulesQuery = z.infer<typeof schedulesQuery>;

const time = z.string().transform((text, context) => {
  const at = timeOf(text);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'expected an ISO time with an offset, such as 2027-01-01T00:00:00Z' });
  return z.NEVER;
});

export const backfillBody = z
  .strictObject({ from: time, to: time })
  .refine(({ from, to }) => from <= to, { message: 'is before `from`', path: ['to'] });
export type BackfillBody = z.infer<typeof backfillBody>;

export const triggeredView = z.object({ executionId: z.string() });

export const backfillView = z.object({
  runs: z.array(
    z.object({
      dueAt: z.iso.datetime(),
      executionId: z.string().nullable(),
      known: z.boolean().describe('It had run before: nothing was started.'),
      reason: z.string().optional().describe('Why there is no execution.'),
    }),
  ),
});
export type BackfillView = z.infer<typeof backfillView>;

export const scheduleView = z.object({
  id: z.string(),
  workflow: z.string(),
  version: z.number().int(),
  schedule: z.string().describe('The cron pattern.'),
  timezone: z.string(),
  jitterMs: z.number().int().optional(),
  overlap: z.enum(['skip', 'allow', 'buffer_one', 'cancel_other']),
  catchUp: z.enum(['none', 'one', 'all']),
  startAt: z.iso.datetime().optional(),
  endAt: z.iso.datetime().optional(),
  paused: z.boolean(),
  disabled: z.boolean().describe('With its definition.'),
  changedBy: z.string().optional().describe('Who paused or resumed it last.'),
  changedAt: z.iso.datetime().optional(),
  nextRunAt: z.iso.datetime().optional().describe('Absent: never, or not as it stands.'),
  waitingFor: z.iso.datetime().optional().describe('A due time that starts when the execution before it has ended.'),
  lastRun: z
    .object({
      dueAt: z.iso.datetime(),
      outcome: z.enum(['started', 'waiting', 'skipped', 'missed', 'refused']),
      executionId: z.string().optional(),
      reason: z.string().optional(),
    })
    .optional(),
  lastExecutionId: z.string().optional().describe('What was started last.'),
});
export type ScheduleView = z.infer<typeof scheduleView>;

export function viewSchedule(schedule: ListedSchedule): ScheduleView {
  const { id, workflow, version, times, paused, disabled, changedBy, changedAt, nextAt, waitingFor, lastRun, lastExecutionId } =
    schedule;
  return {
    id,
    workflow,
    version,
    schedule: times.pattern,
    timezone: times.timezone,
    jitterMs: times.jitterMs || undefined,
    overlap: times.overlap,
    catchUp: times.catchUp,
    startAt: isoTime(times.startAt),
    endAt: isoTime(times.endAt),
    paused,
    disabled,
    changedBy: changedBy ?? undefined,
    changedAt: isoTime(changedAt),
    nextRunAt: paused || disabled ? undefined : isoTime(nextAt),
    waitingFor: isoTime(waitingFor),
    lastRun: lastRun === null ? undefined : viewRun(lastRun),
    lastExecutionId: lastExecutionId ?? undefined,
  };
}

function viewRun({ dueAt, outcome, executionId, reason }: NonNullable<ListedSchedule['lastRun']>): ScheduleView['lastRun'] {
  return {
    dueAt: new Date(dueAt).toISOString(),
    outcome,
    executionId: executionId ?? undefined,
    reason: reason ?? undefined,
  };
}
