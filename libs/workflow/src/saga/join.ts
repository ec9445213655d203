import { isSettledStep, type StepRecord } from '@jetsaga/contracts';
import type { PlanEdge, PlanNode } from '../definition/plan.ts';
import { judgeEdge, type EdgeVerdict } from './edge-matching.ts';

/** Whether a step's join rule is met, and why, in words for the history. */
export type JoinVerdict =
  { readonly kind: 'wait' } | { readonly kind: 'run'; readonly why: string } | { readonly kind: 'skip'; readonly why: string };

/** Looks up a dependency: its record, `cancelled` for one that will never start, undefined for one that is still to come. */
export type DependencyLookup = (id: string) => Source | undefined;
type Source = StepRecord | 'cancelled';

const wait: JoinVerdict = { kind: 'wait' };

/** Applies the node's join rule to its dependencies as they stand. */
export function judgeJoin({ incoming, join }: PlanNode, dependency: DependencyLookup): JoinVerdict {
  if (incoming.length === 0) return { kind: 'run', why: 'it depends on nothing' };
  if (join === 'any') return judgeAny(incoming, dependency);
  const sources = settledSources(incoming, dependency);
  if (sources === null) return wait;
  return join === 'settled'
    ? { kind: 'run', why: 'every dependency has settled' }
    : judgeAll(incoming, sources, join === 'strict');
}

function judgeAny(incoming: readonly PlanEdge[], dependency: DependencyLookup): JoinVerdict {
  let open = false;
  for (const edge of incoming) {
    const from = dependency(edge.from);
    if (!isSettled(from)) open = true;
    else if (judge(edge, from) === 'match') return { kind: 'run', why: `${edge.from} matched` };
  }
  return open ? wait : { kind: 'skip', why: 'no dependency can match any more' };
}

function judgeAll(incoming: readonly PlanEdge[], sources: readonly Source[], strict: boolean): JoinVerdict {
  let matched = false;
  for (const [index, from] of sources.entries()) {
    const edge = incoming[index];
    if (!edge) continue;
    const verdict = judge(edge, from);
    if (verdict === 'miss') return { kind: 'skip', why: `${edge.from} does not match: ${outcomeOf(from)}` };
    if (verdict === 'skipped' && strict) return { kind: 'skip', why: `${edge.from} was skipped` };
    matched ||= verdict === 'match';
  }
  return matched ? { kind: 'run', why: 'every dependency matched' } : { kind: 'skip', why: 'every dependency was skipped' };
}

/**
 * The dependencies, or null as long as one is open. Looks from the end: they mostly settle in the order in which they started, so that
 * a wide join is seen to wait at once.
 */
function settledSources(incoming: readonly PlanEdge[], dependency: DependencyLookup): readonly Source[] | null {
  const sources: Source[] = [];
  for (let index = incoming.length - 1; index >= 0; index -= 1) {
    const edge = incoming[index];
    if (!edge) continue;
    const from = dependency(edge.from);
    if (!isSettled(from)) return null;
    sources.push(from);
  }
  return sources.reverse();
}

function isSettled(from: Source | undefined): from is Source {
  return from !== undefined && (from === 'cancelled' || isSettledStep(from.status));
}

function judge(edge: PlanEdge, from: Source): EdgeVerdict {
  return from === 'cancelled' ? 'miss' : judgeEdge(edge.on, from);
}

function outcomeOf(from: Source): string {
  if (from === 'cancelled') return 'it was cancelled';
  if (from.status === 'COMPLETED') return from.branch === null ? 'it completed' : `it completed with branch ${from.branch}`;
  return `it is ${from.status}`;
}
