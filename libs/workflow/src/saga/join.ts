import { isSettledStep, type StepRecord } from '@jetsaga/contracts';
import type { PlanEdge, PlanNode } from '../definition/plan.ts';
import { judgeEdge } from './edge-matching.ts';

/** Whether a step's join rule is met, and why, in words for the history. */
export type JoinVerdict =
  { readonly kind: 'wait' } | { readonly kind: 'run'; readonly why: string } | { readonly kind: 'skip'; readonly why: string };

/** Looks up a dependency: its record, `cancelled` for one that will never start, undefined for one that is still to come. */
export type DependencyLookup = (id: string) => StepRecord | 'cancelled' | undefined;

const wait: JoinVerdict = { kind: 'wait' };

/** Applies the node's join rule to its dependencies as they stand. */
export function judgeJoin(node: PlanNode, dependency: DependencyLookup): JoinVerdict {
  if (node.incoming.length === 0) return { kind: 'run', why: 'it depends on nothing' };
  switch (node.join) {
    case 'any':
      return judgeAny(node.incoming, dependency);
    case 'settled':
      return allSettled(node.incoming, dependency) ? { kind: 'run', why: 'every dependency has settled' } : wait;
    case 'all':
    case 'strict':
      return judgeAll(node.incoming, dependency, node.join === 'strict');
  }
}

function judgeAny(incoming: readonly PlanEdge[], dependency: DependencyLookup): JoinVerdict {
  let open = false;
  for (const edge of incoming) {
    const from = settled(dependency(edge.from));
    if (from === undefined) open = true;
    else if (from !== 'cancelled' && judgeEdge(edge.on, from) === 'match')
      return { kind: 'run', why: `${edge.from} matched first` };
  }
  return open ? wait : { kind: 'skip', why: 'no dependency can match any more' };
}

function judgeAll(incoming: readonly PlanEdge[], dependency: DependencyLookup, strict: boolean): JoinVerdict {
  let matched = false;
  let skip: string | null = null;
  for (const edge of incoming) {
    const from = settled(dependency(edge.from));
    if (from === undefined) return wait;
    const verdict = from === 'cancelled' ? 'miss' : judgeEdge(edge.on, from);
    if (verdict === 'match') matched = true;
    else if (verdict === 'miss') skip ??= `${edge.from} does not match: ${outcomeOf(from)}`;
    else if (strict) skip ??= `${edge.from} was skipped`;
  }
  if (skip !== null) return { kind: 'skip', why: skip };
  return matched ? { kind: 'run', why: 'every dependency matched' } : { kind: 'skip', why: 'every dependency was skipped' };
}

function allSettled(incoming: readonly PlanEdge[], dependency: DependencyLookup): boolean {
  return incoming.every((edge) => settled(dependency(edge.from)) !== undefined);
}

function settled(from: StepRecord | 'cancelled' | undefined): StepRecord | 'cancelled' | undefined {
  if (from === undefined || from === 'cancelled') return from;
  return isSettledStep(from.status) ? from : undefined;
}

function outcomeOf(from: StepRecord | 'cancelled'): string {
  if (from === 'cancelled') return 'it was cancelled';
  if (from.status === 'COMPLETED') return from.branch === null ? 'it completed' : `it completed with branch ${from.branch}`;
  return `it is ${from.status}`;
}
