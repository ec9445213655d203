import { describe, expect, it } from '@jest/globals';
import { defaultRetryPolicy } from '@jetsaga/contracts';
import { retryDelayMs } from './retry-delay.ts';

const policy = { ...defaultRetryPolicy, initialDelayMs: 1_000, maxDelayMs: 10_000, factor: 2, jitter: false };

describe('retryDelayMs', () => {
  it('doubles from the initial delay up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6].map((failed) => retryDelayMs(policy, failed, 0))).toEqual([
      1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });

  it('lies with jitter between half of that and all of it', () => {
    const jittered = { ...policy, jitter: true };
    expect(retryDelayMs(jittered, 2, 0)).toBe(1_000);
    expect(retryDelayMs(jittered, 2, 0.5)).toBe(1_500);
    expect(retryDelayMs(jittered, 2, 0.999_999)).toBe(2_000);
  });

  it('is never shorter than the handler asked for, jitter or not', () => {
    expect(retryDelayMs({ ...policy, jitter: true }, 1, 0, 700)).toBe(700);
    expect(retryDelayMs(policy, 1, 0, 700)).toBe(1_000);
    expect(retryDelayMs(policy, 9, 0, 60_000)).toBe(60_000);
  });

  it('stays a number after a thousand attempts', () => {
    expect(retryDelayMs(policy, 1_000, 0)).toBe(10_000);
    expect(retryDelayMs({ ...policy, factor: 1e300 }, 1_000, 0)).toBe(10_000);
    expect(retryDelayMs({ ...policy, initialDelayMs: 0, factor: 1e300 }, 1_000, 0)).toBe(0);
  });
});
