import { describe, expect, it } from '@jest/globals';
import { cronProblem } from '@jetsaga/workflow';
import { Cron } from 'croner';
import fc from 'fast-check';
import { dueAfter, dueBetween, fireTime, lastDueUntil } from './due-times.ts';

const schedule = (pattern: string, timezone = 'UTC', startAt: number | null = null, endAt: number | null = null) => ({
  pattern,
  timezone,
  startAt,
  endAt,
});
const at = (text: string) => Date.parse(text);
const iso = (times: readonly number[]) => times.map((time) => new Date(time).toISOString());
const days = (times: ReturnType<typeof schedule>, from: string, to: string) => iso(dueBetween(times, at(from), at(to), 100));

describe('due times', () => {
  it('are strictly after the one before', () => {
    const noon = schedule('0 12 * * *');
    expect(dueAfter(noon, at('2026-01-01T11:59:59.999Z'))).toBe(at('2026-01-01T12:00:00Z'));
    expect(dueAfter(noon, at('2026-01-01T12:00:00Z'))).toBe(at('2026-01-02T12:00:00Z'));
    expect(dueAfter(schedule('*/10 * * * * *'), at('2026-01-01T00:00:03Z'))).toBe(at('2026-01-01T00:00:10Z'));
  });

  it('are within startAt and endAt, both included', () => {
    const bounded = schedule('0 12 * * *', 'UTC', at('2026-01-03T12:00:00Z'), at('2026-01-05T12:00:00Z'));
    expect(days(bounded, '2025-12-01T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual([
      '2026-01-03T12:00:00.000Z',
      '2026-01-04T12:00:00.000Z',
      '2026-01-05T12:00:00.000Z',
    ]);
    expect(dueAfter(bounded, at('2026-01-05T12:00:00Z'))).toBeNull();
    expect(dueAfter(schedule('0 12 * * *', 'UTC', at('2026-01-03T12:00:00.500Z')), 0)).toBe(at('2026-01-04T12:00:00Z'));
  });

  it('come once a day where summer time begins: one that is left out comes after the gap', () => {
    expect(days(schedule('30 2 * * *', 'Europe/Berlin'), '2026-03-28T00:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('come once a day where summer time ends, and every hour of the 25', () => {
    expect(days(schedule('30 2 * * *', 'Europe/Berlin'), '2026-10-24T00:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    const hours = dueBetween(schedule('0 * * * *', 'Europe/Berlin'), at('2026-10-24T22:00:00Z'), at('2026-10-25T22:59:00Z'), 100);
    expect(hours).toHaveLength(25);
    expect(hours.every((due, index) => index === 0 || due - hours[index - 1]! === 3_600_000)).toBe(true);
  });

  it('keep to the wall clock over the change', () => {
    expect(days(schedule('0 9 * * *', 'America/New_York'), '2026-03-07T00:00:00Z', '2026-03-09T00:00:00Z')).toEqual([
      '2026-03-07T14:00:00.000Z',
      '2026-03-08T13:00:00.000Z',
    ]);
  });

  it('are found backwards as well', () => {
    const noon = schedule('0 12 * * *', 'UTC', null, at('2026-01-05T12:00:00Z'));
    expect(lastDueUntil(noon, at('2026-01-04T13:00:00Z'), 0)).toBe(at('2026-01-04T12:00:00Z'));
    expect(lastDueUntil(noon, at('2026-01-04T12:00:00Z'), 0)).toBe(at('2026-01-04T12:00:00Z'));
    expect(lastDueUntil(noon, at('2026-02-04T12:00:00Z'), 0)).toBe(at('2026-01-05T12:00:00Z'));
    expect(lastDueUntil(noon, at('2026-01-04T13:00:00Z'), at('2026-01-04T12:30:00Z'))).toBeUndefined();
  });

  it('have a jitter that every process agrees on, within its bounds', () => {
    const fires = Array.from({ length: 200 }, (_, n) => fireTime('a.1', 60_000, n * 3_600_000) - n * 3_600_000);
    expect(fires).toEqual(Array.from({ length: 200 }, (_, n) => fireTime('a.1', 60_000, n * 3_600_000) - n * 3_600_000));
    expect(Math.min(...fires)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fires)).toBeLessThan(60_000);
    expect(new Set(fires).size).toBeGreaterThan(100);
    expect(fireTime('a.1', 0, 5)).toBe(5);
  });
});

describe('every pattern that a definition may have', () => {
  const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
  const field = (min: number, max: number, special: readonly string[] = []) =>
    fc.oneof(
      fc.constant('*'),
      number(min, max),
      fc.tuple(number(min, max), number(min, max)).map(([from, to]) => `${from}-${to}`),
      fc.tuple(number(min, max), number(min, max), number(1, max)).map(([from, to, step]) => `${from}-${to}/${step}`),
      number(0, max + 3).map((step) => `*/${step}`),
      fc.array(number(min, max + 1), { minLength: 1, maxLength: 4 }).map((items) => items.join(',')),
      ...(special.length > 0 ? [fc.constantFrom(...special)] : []),
    );
  const pattern = fc
    .tuple(
      fc.oneof(fc.constant(''), field(0, 59)),
      field(0, 59),
      field(0, 23),
      field(1, 31, ['L', 'LW', '15W', '31W', '?']),
      field(1, 12, ['JAN', 'jan-mar', 'FEB,APR', '?']),
      field(0, 7, ['MON', 'MON-FRI', 'SUN', '1#2', 'FRI#L', '5L', '?', 'sat,sun']),
    )
    .map((fields) => fields.join(' ').trim());

  it('is one that the calendar knows, and comes due', () => {
    fc.assert(
      fc.property(pattern, (text) => {
        if (cronProblem(text) !== undefined) return;
        expect(() => new Cron(text, { timezone: 'UTC', paused: true })).not.toThrow();
        expect([text, dueAfter(schedule(text), at('2026-01-01T00:00:00Z'))]).toEqual([text, expect.any(Number)]);
      }),
      { numRuns: 1_000 },
    );
  });
});
