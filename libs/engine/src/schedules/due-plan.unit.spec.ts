import { describe, expect, it } from '@jest/globals';
import type { ScheduleTimes } from '@jetsaga/contracts';
import { planDue } from './due-plan.ts';
import { fireTime } from './due-times.ts';

const at = (text: string) => Date.parse(`2026-01-${text}Z`);
const daily: ScheduleTimes = {
  pattern: '0 2 * * *',
  timezone: 'UTC',
  jitterMs: 0,
  overlap: 'skip',
  catchUp: 'none',
  startAt: null,
  endAt: null,
};
const planned = (times: Partial<ScheduleTimes>, nextAt: number | null, now: number) =>
  planDue({ id: 'a.1', times: { ...daily, ...times }, nextAt }, now);

describe('what is due', () => {
  it('on time is the due time alone', () => {
    for (const catchUp of ['none', 'one', 'all'] as const) {
      expect(planned({ catchUp }, at('01T02:00:00'), at('01T02:00:00.020'))).toEqual({
        due: [at('01T02:00:00')],
        missed: null,
        nextAt: at('02T02:00:00'),
        fireAt: at('02T02:00:00'),
      });
    }
  });

  it('is nothing before its time', () => {
    expect(planned({}, at('01T02:00:00'), at('01T01:59:59.999'))).toMatchObject({
      due: [],
      missed: null,
      nextAt: at('01T02:00:00'),
    });
    expect(planned({}, null, at('01T02:00:00'))).toEqual({ due: [], missed: null, nextAt: null, fireAt: null });
  });

  it('after three days away is given up, or the newest, or all of it', () => {
    const [from, now] = [at('01T02:00:00'), at('03T12:00:00')];
    const nextAt = at('04T02:00:00');
    expect(planned({ catchUp: 'none' }, from, now)).toMatchObject({ due: [], missed: at('03T02:00:00'), nextAt });
    expect(planned({ catchUp: 'one' }, from, now)).toMatchObject({ due: [at('03T02:00:00')], missed: null, nextAt });
    expect(planned({ catchUp: 'all' }, from, now)).toMatchObject({
      due: [at('01T02:00:00'), at('02T02:00:00'), at('03T02:00:00')],
      missed: null,
      nextAt,
    });
  });

  it('within a minute was hardly missed', () => {
    expect(planned({}, at('01T02:00:00'), at('01T02:00:59'))).toMatchObject({ due: [at('01T02:00:00')], missed: null });
    expect(planned({}, at('01T02:00:00'), at('01T02:01:01'))).toMatchObject({ due: [], missed: at('01T02:00:00') });
  });

  it('of a month of seconds is found at once, and made up for in portions', () => {
    const times = { pattern: '* * * * * *' };
    const [from, now] = [at('01T00:00:00'), at('31T00:00:00.500')];
    expect(planned({ ...times, catchUp: 'one' }, from, now)).toMatchObject({
      due: [at('31T00:00:00')],
      nextAt: at('31T00:00:01'),
    });
    const all = planned({ ...times, catchUp: 'all' }, from, now);
    expect(all.due).toHaveLength(100);
    expect(all.nextAt).toBe(at('01T00:01:40'));
  });

  it('waits for its jitter, and those after it wait with it', () => {
    const times = { pattern: '* * * * * *', jitterMs: 60_000, catchUp: 'all' as const };
    let nextAt: number | null = at('01T00:00:00');
    const seen: number[] = [];
    for (let now = nextAt; now < at('01T00:05:00'); now += 500) {
      const plan = planned(times, nextAt, now);
      for (const due of plan.due) expect(fireTime('a.1', 60_000, due)).toBeLessThanOrEqual(now);
      seen.push(...plan.due);
      nextAt = plan.nextAt!;
    }
    expect(seen.length).toBeGreaterThan(200);
    expect(seen.every((due, index) => index === 0 || due - seen[index - 1]! === 1_000)).toBe(true);
  });

  it('ends with endAt', () => {
    const endAt = at('02T02:00:00');
    expect(planned({ endAt, catchUp: 'all' }, at('01T02:00:00'), at('09T00:00:00'))).toEqual({
      due: [at('01T02:00:00'), endAt],
      missed: null,
      nextAt: null,
      fireAt: null,
    });
    expect(planned({ endAt, catchUp: 'one' }, at('01T02:00:00'), at('09T00:00:00'))).toMatchObject({
      due: [endAt],
      nextAt: null,
    });
  });
});
