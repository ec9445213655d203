export interface Ranked {
  readonly id: string;
  readonly score: number;
}

/** Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", 2009. */
const rankConstant = 60;

/**
 * Reciprocal rank fusion: each ranking gives an id 1 / (60 + its rank); the sums are scaled so that first in every
 * ranking is 1. Best first; ties in the order of the ids.
 */
export function fuseRankings(rankings: readonly (readonly Ranked[])[]): Ranked[] {
  const sums = new Map<string, number>();
  for (const ranking of rankings)
    ranking.forEach(({ id }, index) => sums.set(id, (sums.get(id) ?? 0) + 1 / (rankConstant + index + 1)));
  const best = rankings.length / (rankConstant + 1);
  return [...sums].map(([id, sum]) => ({ id, score: sum / best })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
