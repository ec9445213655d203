import type { Priority } from '@jetsaga/contracts';

/** By so much later something counts as having come: what waits longer than that is overtaken no more. */
const handicapMs: Readonly<Record<Priority, number>> = { high: 0, normal: 10 * 60_000, low: 60 * 60_000 };

/** 0 is the most urgent. */
export function urgencyOf(priority: Priority): number {
  return priorities.indexOf(priority);
}

const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/**
 * The order in which things that wait are taken, lowest first (epoch milliseconds): by priority, then by age; nothing starves, since
 * what is less urgent overtakes in the end what came long after it.
 */
export function rankOf(priority: Priority, since: number): number {
  return since + handicapMs[priority];
}
