import type { ForeseenStep } from './foreseen.ts';
import type { WrittenNode } from './written-node.ts';

type Steps = ReadonlyMap<string, ForeseenStep>;

/** Whether an edge matches, once its dependency has settled. */
function matches(on: readonly string[], from: ForeseenStep | undefined): boolean {
  switch (from?.status) {
    case 'COMPLETED':
      return on.includes('success') || on.includes('always') || (from.branch !== null && on.includes(from.branch));
    case 'FAILED':
      return on.includes('failure') || on.includes('always');
    case 'SKIPPED':
    case undefined:
      return false;
  }
}

/** Whether the step runs, as far as its join is concerned. */
export function joinOf({ dependencies, join }: WrittenNode, steps: Steps): boolean {
  if (dependencies.length === 0) return true;
  const isMatch = ({ node, on }: WrittenNode['dependencies'][number]) => matches(on, steps.get(node));
  const notSkipped = dependencies.filter(({ node }) => steps.get(node)?.status !== 'SKIPPED');
  switch (join) {
    case 'settled':
      return true;
    case 'any':
      return dependencies.some(isMatch);
    case 'strict':
      return dependencies.every(isMatch);
    case 'all':
      return notSkipped.length > 0 && notSkipped.every(isMatch);
  }
}

/** By an edge `failure` or `always` whose target runs, or by an `any` join that another edge starts. Never by `settled`. */
export function isAbsorbed(failed: WrittenNode, nodes: readonly WrittenNode[], steps: Steps): boolean {
  if (failed.handler === 'fail') return false;
  return nodes.some((target) => {
    const edge = target.dependencies.find(({ node }) => node === failed.id);
    if (edge === undefined || target.join === 'settled' || steps.get(target.id)?.status === 'SKIPPED') return false;
    return target.join === 'any' || edge.on.includes('failure') || edge.on.includes('always');
  });
}
