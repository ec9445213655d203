import { describe, expect, it } from '@jest/globals';
import { takesResults } from './results-rota.ts';

const one = (coordinator: string, since: number, saturated = false) => ({ coordinator, since, saturated });

describe('who takes results', () => {
  it('is whoever is alone', () => {
    expect(takesResults(one('a', 1), [])).toBe(true);
  });

  it('is the oldest, and of two of the same age exactly one', () => {
    expect(takesResults(one('b', 1), [one('a', 2)])).toBe(true);
    expect(takesResults(one('a', 2), [one('b', 1)])).toBe(false);
    const twins = [one('a', 1), one('b', 1)] as const;
    expect([takesResults(twins[0], [twins[1]]), takesResults(twins[1], [twins[0]])].filter(Boolean)).toHaveLength(1);
  });

  it('is the next one too while all before it are saturated, and no further one', () => {
    const all = [one('a', 1, true), one('b', 2), one('c', 3)] as const;
    expect(
      all.map((self) =>
        takesResults(
          self,
          all.filter((other) => other !== self),
        ),
      ),
    ).toEqual([true, true, false]);
    const full = [one('a', 1, true), one('b', 2, true), one('c', 3)] as const;
    expect(
      full.map((self) =>
        takesResults(
          self,
          full.filter((other) => other !== self),
        ),
      ),
    ).toEqual([true, true, true]);
  });
});
