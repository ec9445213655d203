import { describe, expect, it } from '@jest/globals';
import { fuseRankings, type Ranked } from './fuse-rankings.ts';

const fuse = (...rankings: Ranked[][]) => fuseRankings(rankings.map((ranked) => ({ ranked, weight: 1 })));
const ids = (ranked: readonly { id: string }[]) => ranked.map(({ id }) => id);

describe('fuseRankings', () => {
  it('gives 1 to what is first everywhere', () => {
    const [first] = fuse(
      [
        { id: 'a', score: 0.4 },
        { id: 'b', score: 0.1 },
      ],
      [
        { id: 'a', score: 0.9 },
        { id: 'c', score: 0.3 },
      ],
    );
    expect(first).toEqual({ id: 'a', score: 1 });
  });

  it('prefers what both rankings have to what only one has', () => {
    const both = { id: 'both', score: 0.8 };
    expect(ids(fuse([{ id: 'x', score: 0.9 }, both], [{ id: 'y', score: 0.9 }, both]))[0]).toBe('both');
  });

  it('lets a clear lead outweigh a narrow one, whatever the scales are', () => {
    const clear = [
      { id: 'a', score: 0.09 },
      { id: 'b', score: 0.02 },
    ];
    const narrow = [
      { id: 'b', score: 0.9 },
      { id: 'c', score: 0.89 },
      { id: 'a', score: 0.88 },
    ];
    expect(ids(fuse(clear, narrow))[0]).toBe('a');
  });

  it('goes by the weights', () => {
    const rankings = [[{ id: 'a', score: 1 }], [{ id: 'b', score: 1 }]].map((ranked, index) => ({ ranked, weight: index + 1 }));
    expect(fuseRankings(rankings)).toEqual([
      { id: 'b', score: 2 / 3 },
      { id: 'a', score: 1 / 3 },
    ]);
  });

  it('is not led astray by scores below zero, or by nothing', () => {
    expect(fuse([{ id: 'a', score: -0.2 }], [])).toEqual([{ id: 'a', score: 0 }]);
    expect(fuse([], [])).toEqual([]);
  });
});
