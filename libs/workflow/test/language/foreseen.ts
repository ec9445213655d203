import { isDeepStrictEqual } from 'node:util';
import type { Json } from '@jetsaga/contracts';

/** Values of which any may come out, whatever comes first; `anything` where the language does not say, or there are too many. */
export type Outcomes = readonly Json[] | 'anything';

/** What becomes of a step in a world in which nothing is ever cancelled. */
export interface ForeseenStep {
  readonly status: 'COMPLETED' | 'FAILED' | 'SKIPPED';
  readonly branch: string | null;
  /** Of a completed step. */
  readonly outputs: Outcomes;
  /** The body of a `group`, or of each item of a `map`, by path. */
  readonly scopes: readonly ForeseenScope[];
}

export interface ForeseenScope {
  /** `''` is the root. */
  readonly path: string;
  readonly steps: ReadonlyMap<string, ForeseenStep>;
  /** Steps whose failure nobody absorbs. */
  readonly unabsorbed: ReadonlySet<string>;
  /** Every step comes to its end here, unless something outside of the scope stops it. */
  readonly letsAllFinish: boolean;
}

/** Where a scope is, and what is bound there. */
export interface Place {
  readonly path: string;
  readonly locals: Readonly<Record<string, Json>>;
  readonly letsAllFinish: boolean;
}

export interface Prophecy {
  readonly root: ForeseenScope;
  /** Of an execution that completes. */
  readonly outputs: Outcomes;
  /** Where the language leaves more than one reading: nothing is foretold of such an execution but that it ends. */
  readonly doubts: readonly string[];
}

const mostOutcomes = 100;

/** Every object that has one of the outcomes under each name. */
export function objects(parts: readonly (readonly [string, Outcomes])[]): Outcomes {
  let all: readonly { [name: string]: Json }[] = [{}];
  for (const [name, outcomes] of parts) {
    if (outcomes === 'anything') return 'anything';
    all = all.flatMap((one) => outcomes.map((value) => ({ ...one, [name]: value })));
    if (all.length > mostOutcomes) return 'anything';
  }
  return all;
}

/** Every list that has one of the outcomes at each place. */
export function lists(places: readonly Outcomes[]): Outcomes {
  const found = objects(places.map((outcomes, index) => [`_${index}`, outcomes] as const));
  return found === 'anything' ? found : found.map((one) => Object.values(one as { [name: string]: Json }));
}

export function either(outcomes: readonly Outcomes[]): Outcomes {
  return outcomes.some((one) => one === 'anything') ? 'anything' : (outcomes as readonly (readonly Json[])[]).flat();
}

export function isAmong(value: Json | undefined, outcomes: Outcomes): boolean {
  return outcomes === 'anything' || outcomes.some((one) => isDeepStrictEqual(one, value));
}
