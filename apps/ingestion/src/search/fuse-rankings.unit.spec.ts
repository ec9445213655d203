import { describe, expect, it } from '@jest/globals';
import { fuseRankings } from './fuse-rankings.ts';

const ranking = (...ids: string[]) => ids.map((id, index) => ({ id, score: 1 - index / 10 }));

describe('fuseRankings', () => {
  it('gives 1 to what is first everywhere', () => {
    expect(fuseRankings([ranking('a', 'b'), ranking('a', 'c')])[0]).toEqual({ id: 'a', score: 1 });
  });

  it('prefers what both rankings have to what one has higher up', () => {
    expect(fuseRankings([ranking('x', 'both'), ranking('y', 'both')]).map(({ id }) => id)).toEqual(['both', 'x', 'y']);
  });

  it('goes by ranks, whatever the scores are', () => {
    expect(
      fuseRankings([
        [
          { id: 'a', score: 0.001 },
          { id: 'b', score: 0 },
        ],
      ]).map(({ id }) => id),
    ).toEqual(['a', 'b']);
  });

  it('makes nothing of nothing', () => {
    expect(fuseRankings([[], []])).toEqual([]);
  });
});
