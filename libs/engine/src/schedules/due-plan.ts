import type { ScheduleRecord } from '@jetsaga/contracts';
import { dueAfter, fireTime, lastDueUntil } from './due-times.ts';

/** Later than that, a due time was missed: `catchUp` says what becomes of it. */
export const missedAfterMs = 60_000;
const duePerRound = 100;

/** What of a schedule's due times is to be dealt with now, and when the next one is. */
export interface DuePlan {
  /** Oldest first. */
  readonly due: readonly number[];
  /** The newest due time, where it is given up. */
  readonly missed: number | null;
  readonly nextAt: number | null;
  readonly fireAt: number | null;
}

/**
 * `all` goes through what was missed one by one; `one` takes the newest; `none` as well, if it is hardly late. Due times are acted on in their
 * order: one whose jitter is not over holds up those after it.
 */
export function planDue({ id, times, nextAt }: Pick<ScheduleRecord, 'id' | 'times' | 'nextAt'>, now: number): DuePlan {
  const { catchUp, jitterMs } = times;
  let due: number[] = [];
  let next = catchUp === 'all' || nextAt === null ? nextAt : (lastDueUntil(times, now - jitterMs, nextAt) ?? nextAt);
  while (next !== null && fireTime(id, jitterMs, next) <= now && due.length < duePerRound) {
    due = catchUp === 'all' ? [...due, next] : [next];
    next = dueAfter(times, next);
  }
  const fireAt = next === null ? null : fireTime(id, jitterMs, next);
  const [newest] = due;
  if (catchUp !== 'none' || newest === undefined || now - fireTime(id, jitterMs, newest) <= missedAfterMs) {
    return { due, missed: null, nextAt: next, fireAt };
  }
  return { due: [], missed: newest, nextAt: next, fireAt };
}
