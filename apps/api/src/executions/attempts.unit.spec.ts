import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '@jetsaga/contracts';
import { attemptsOf } from './attempts.ts';

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const entry = (seq: number, type: HistoryEntry['type'], attempt: number, data?: HistoryEntry['data']): HistoryEntry => ({
  seq,
  at: seq * 1_000,
  type,
  path: 'a',
  attempt,
  ...(data !== undefined && { data }),
});

describe('attemptsOf', () => {
  it('tells each attempt from its first queueing to its end', () => {
    expect(
      attemptsOf([
        entry(1, 'step.queued', 1),
        entry(2, 'step.running', 1),
        entry(3, 'step.retrying', 1, { code: 'HTTP_503', delayMs: 1_000 }),
        entry(4, 'step.queued', 2),
        entry(5, 'step.redispatched', 2),
        entry(6, 'step.completed', 2),
      ]),
    ).toEqual([
      {
        attempt: 1,
        status: 'RETRYING',
        queuedAt: at(1),
        startedAt: at(2),
        finishedAt: at(3),
        data: { code: 'HTTP_503', delayMs: 1_000 },
      },
      { attempt: 2, status: 'COMPLETED', queuedAt: at(4), finishedAt: at(6) },
    ]);
  });

  it('has nothing to tell of a step that was never tried', () => {
    expect(attemptsOf([entry(1, 'step.skipped', 0)])).toEqual([]);
  });
});
