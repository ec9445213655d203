import type { EdgeCondition, PlanNode } from '../src/definition/plan.ts';

/** What a test's worker does with a step: so many retryable failures first, then this. */
export interface Behaviour {
  readonly failuresFirst: number;
  readonly then: 'complete' | 'fail';
  readonly branch: string | null;
  readonly when: boolean;
}

export type OracleStatus = 'COMPLETED' | 'FAILED' | 'SKIPPED';

export interface Prophecy {
  /** What becomes of each step in a world where nothing is ever cancelled. */
  readonly statuses: ReadonlyMap<string, OracleStatus>;
  /** Steps whose failure nobody absorbs. The execution fails exactly when there is one. */
  readonly unabsorbed: ReadonlySet<string>;
}

/**
 * Reads the workflow language word by word, and looks at a world in which every step that can run has run. A worker's
 * answers are fixed beforehand, so the order in which they arrive can change nothing of that.
 */
export function prophesy(nodes: ReadonlyMap<string, PlanNode>, behaviours: ReadonlyMap<string, Behaviour>): Prophecy {
  const statuses = new Map<string, OracleStatus>();
  const branches = new Map<string, string | null>();
  const matches = (from: string, on: EdgeCondition): boolean => {
    const status = statuses.get(from);
    const branch = branches.get(from);
    if (on.kind === 'success') return status === 'COMPLETED';
    if (on.kind === 'failure') return status === 'FAILED';
    if (on.kind === 'always') return status === 'COMPLETED' || status === 'FAILED';
    return status === 'COMPLETED' && branch != null && on.branches.includes(branch);
  };
  for (const node of nodes.values()) {
    const behaviour = behaviours.get(node.id);
    if (!behaviour) throw new Error(`no behaviour for ${node.id}`);
    const all = node.incoming;
    const unskipped = all.filter((edge) => statuses.get(edge.from) !== 'SKIPPED');
    const joined =
      all.length === 0 ||
      node.join === 'settled' ||
      (node.join === 'any' && all.some((edge) => matches(edge.from, edge.on))) ||
      (node.join === 'strict' && all.every((edge) => matches(edge.from, edge.on))) ||
      (node.join === 'all' && unskipped.length > 0 && unskipped.every((edge) => matches(edge.from, edge.on)));
    if (!joined || !behaviour.when) {
      statuses.set(node.id, 'SKIPPED');
      continue;
    }
    const fails = behaviour.failuresFirst > node.retry.retries || behaviour.then === 'fail';
    const completes = node.action.kind !== 'fail' && (!fails || node.onError === 'continue');
    statuses.set(node.id, completes ? 'COMPLETED' : 'FAILED');
    branches.set(node.id, fails ? 'error' : behaviour.branch);
  }
  const ran = (id: string) => statuses.get(id) !== 'SKIPPED';
  const absorbed = (node: PlanNode) =>
    node.action.kind !== 'fail' &&
    node.outgoing.some((edge) => {
      const join = nodes.get(edge.to)?.join;
      const follows = edge.on.kind === 'failure' || edge.on.kind === 'always';
      return ran(edge.to) && (join === 'any' || (join !== 'settled' && follows));
    });
  const failed = [...nodes.values()].filter((node) => statuses.get(node.id) === 'FAILED');
  return { statuses, unabsorbed: new Set(failed.filter((node) => !absorbed(node)).map((node) => node.id)) };
}
