export interface Ranked {
  readonly id: string;
  readonly score: number;
}

export interface Ranking {
  readonly ranked: readonly Ranked[];
  readonly weight: number;
}

/**
 * One ranking out of several: every score as a share of the best in its ranking, and the weighted mean of these shares; what
 * a ranking does not have counts nothing there. First in every ranking is 1. Best first; ties in the order of the ids.
 *
 * Fusing scores keeps what reciprocal rank fusion throws away: that a passage with the one rare word of the question is far
 * ahead, and not merely first. Bruch, Gai and Ingber, "An analysis of fusion functions for hybrid retrieval", 2023, find it
 * the better of the two.
 */
export function fuseRankings(rankings: readonly Ranking[]): Ranked[] {
  const sums = new Map<string, number>();
  for (const { ranked, weight } of rankings) {
    const best = Math.max(...ranked.map(({ score }) => score));
    for (const { id, score } of ranked) sums.set(id, (sums.get(id) ?? 0) + (best > 0 ? (weight * Math.max(score, 0)) / best : 0));
  }
  const whole = rankings.reduce((sum, { weight }) => sum + weight, 0);
  return [...sums].map(([id, sum]) => ({ id, score: sum / whole })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
