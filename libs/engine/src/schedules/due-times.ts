import { createHash } from 'node:crypto';
import type { ScheduleTimes } from '@jetsaga/contracts';
import { Cron } from 'croner';

type Times = Pick<ScheduleTimes, 'pattern' | 'timezone' | 'startAt' | 'endAt'>;

const keptPatterns = 500;
const patterns = new Map<string, Cron>();

/** Reading a pattern takes longer than asking it; it holds no state of its own. */
function patternOf({ pattern, timezone }: Times): Cron {
  const id = `${timezone} ${pattern}`;
  const known = patterns.get(id);
  if (known) return known;
  const cron = new Cron(pattern.trim(), { timezone, paused: true });
  patterns.set(id, cron);
  if (patterns.size > keptPatterns) {
    const oldest = patterns.keys().next();
    if (!oldest.done) patterns.delete(oldest.value);
  }
  return cron;
}

/**
 * The first due time after `after`, within `startAt` and `endAt`; null when there is none. Due times are wall clock times of the time zone: one
 * that a change to summer time leaves out comes right after the gap, one that a change back repeats comes once. Epoch milliseconds.
 */
export function dueAfter(times: Times, after: number): number | null {
  const { startAt, endAt } = times;
  let from = startAt === null ? after : Math.max(after, startAt - 1_000);
  for (;;) {
    const next = patternOf(times).nextRun(new Date(from))?.getTime();
    if (next === undefined || (endAt !== null && next > endAt)) return null;
    if (next > after && (startAt === null || next >= startAt)) return next;
    from = Math.max(next, from + 1_000);
  }
}

/** The last due time up to `until`, if it is not before `notBefore`: so that a long absence is not walked through. */
export function lastDueUntil(times: Times, until: number, notBefore: number): number | undefined {
  const end = Math.min(until, times.endAt ?? until);
  const last =
    end < notBefore
      ? undefined
      : patternOf(times)
          .previousRuns(1, new Date(end + 1))[0]
          ?.getTime();
  return last !== undefined && last >= notBefore && last <= end ? last : undefined;
}

/** The due times from `from` to `to`, both included, `limit` at most. */
export function dueBetween(times: Times, from: number, to: number, limit: number): number[] {
  const found: number[] = [];
  for (let due = dueAfter(times, from - 1); due !== null && due <= to && found.length < limit; due = dueAfter(times, due)) {
    found.push(due);
  }
  return found;
}

/** When a due time is acted on: its jitter is the same in every process. */
export function fireTime(id: string, jitterMs: number, dueAt: number): number {
  if (jitterMs === 0) return dueAt;
  const share = createHash('sha256').update(`${id}@${dueAt}`).digest().readUInt32BE() / 2 ** 32;
  return dueAt + Math.floor(share * jitterMs);
}
