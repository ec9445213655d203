import { describe, expect, it } from '@jest/globals';
import { rankOf } from './rank.ts';

const minute = 60_000;

describe('the order of what waits', () => {
  it('is by priority first: high before normal before low', () => {
    expect(rankOf('high', 5 * minute)).toBeLessThan(rankOf('normal', 0));
    expect(rankOf('normal', 5 * minute)).toBeLessThan(rankOf('low', 0));
  });

  it('is by age within a priority', () => {
    for (const priority of ['high', 'normal', 'low'] as const) expect(rankOf(priority, 1)).toBeLessThan(rankOf(priority, 2));
  });

  it('lets nothing starve: what has waited long goes before more urgent newcomers', () => {
    expect(rankOf('low', 0)).toBeLessThan(rankOf('high', 61 * minute));
    expect(rankOf('normal', 0)).toBeLessThan(rankOf('high', 11 * minute));
  });
});
