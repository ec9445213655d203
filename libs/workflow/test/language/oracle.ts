import type { Json } from '@jetsaga/contracts';
import { templateOf, type Sight } from './expressions.ts';
import type { Prophecy } from './foreseen.ts';
import { outputsOfLeaves } from './leaves.ts';
import { foreseeScope } from './scope-oracle.ts';
import type { World } from './world.ts';
import { writtenNodes } from './written-node.ts';

/**
 * An interpreter of the workflow language that is slow and plain: it goes by the document, word by word, and looks at a world in which
 * every step that can run has run, nothing is ever cancelled, and each handler answers as its path says. So nothing depends on
 * what comes first, but for what the language itself says of the first (`race`): there it gives every outcome that may be.
 *
 * What the real thing cancels on the way, it cancels because the end is certain: the end is the same.
 */
export function prophesy(document: Json, world: World): Prophecy {
  const { dag, output } = document as { dag: { nodes: Json }; output?: Json };
  const doubts: string[] = [];
  const nodes = writtenNodes(dag.nodes);
  const root = foreseeScope(nodes, { path: '', locals: {}, letsAllFinish: false }, { world, doubts });
  const sight: Sight = { input: world.input, steps: root.steps, locals: {}, isHasty: false };
  return {
    root,
    outputs: output === undefined ? outputsOfLeaves(nodes, root.steps) : templateOf(output, sight),
    doubts,
  };
}
