import { objects, type ForeseenStep, type Outcomes } from './foreseen.ts';
import type { WrittenNode } from './written-node.ts';

/** The leaves' outputs by id, those that did not complete left out. A single leaf is flattened, to null when there is nothing. */
export function outputsOfLeaves(nodes: readonly WrittenNode[], steps: ReadonlyMap<string, ForeseenStep>): Outcomes {
  const leaves = leavesOf(nodes);
  const outputs = (id: string) => (steps.get(id)?.status === 'COMPLETED' ? steps.get(id)!.outputs : undefined);
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return outputs(only.id) ?? [null];
  return objects(
    leaves.flatMap(({ id }) => {
      const found = outputs(id);
      return found === undefined ? [] : [[id, found] as const];
    }),
  );
}

/** The nodes that nobody depends on. */
export function leavesOf(nodes: readonly WrittenNode[]): readonly WrittenNode[] {
  return nodes.filter(({ id }) => !nodes.some((other) => other.dependencies.some((dependency) => dependency.node === id)));
}
