import { stepStatuses, type HistoryEntry, type StepStatus } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

export const attemptView = z.object({
  attempt: z.number().int(),
  status: z.enum(stepStatuses).describe('How far this attempt came; RETRYING: it failed and another one follows.'),
  queuedAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  data: anyJson.optional().describe('What history says of its end: the error, the delay before the next attempt.'),
});
export type AttemptView = z.infer<typeof attemptView>;

const statusOf: Readonly<Record<string, StepStatus>> = {
  'step.queued': 'QUEUED',
  'step.running': 'RUNNING',
  'step.waiting': 'WAITING',
  'step.retrying': 'RETRYING',
  'step.completed': 'COMPLETED',
  'step.failed': 'FAILED',
  'step.cancelled': 'CANCELLED',
  'step.skipped': 'SKIPPED',
  'step.compensating': 'COMPENSATING',
  'step.compensated': 'COMPENSATED',
  'step.compensation_failed': 'COMPENSATION_FAILED',
};

/** The attempts of one step, told from its history. */
export function attemptsOf(entries: readonly HistoryEntry[]): AttemptView[] {
  const attempts = new Map<number, AttemptView>();
  for (const entry of entries) {
    const status = statusOf[entry.type];
    if (status === undefined || entry.attempt === undefined || entry.attempt === 0) continue;
    const at = new Date(entry.at).toISOString();
    const before = attempts.get(entry.attempt);
    attempts.set(entry.attempt, {
      attempt: entry.attempt,
      queuedAt: before?.queuedAt,
      startedAt: before?.startedAt,
      finishedAt: before?.finishedAt,
      data: before?.data,
      ...change(status, at, entry),
      status,
    });
  }
  return [...attempts.values()].sort((a, b) => a.attempt - b.attempt);
}

function change(status: StepStatus, at: string, entry: HistoryEntry): Partial<AttemptView> {
  if (status === 'QUEUED' || status === 'COMPENSATING') return { queuedAt: at };
  if (status === 'RUNNING') return { startedAt: at };
  if (status === 'WAITING') return {};
  return { finishedAt: at, data: entry.data };
}
