import { cyclesOf } from './cycles.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import { jsonPointer } from './json-pointer.ts';
import type { Graph } from './graph.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

const mostNamed = 50;

/** Ids and dependencies: each id once, each dependency on another node, once, and nobody waits for oneself. */
export function checkGraph(
  nodes: readonly DefinitionNode[],
  numbers: ReadonlyMap<string, number>,
  graph: Graph,
  problems: ProblemList,
): void {
  for (const [number, node] of nodes.entries()) {
    const first = node.id === null ? number : numbers.get(node.id)!;
    if (first !== number) {
      const message = `\`${node.id}\` is also the id of the node at ${nodes[first]!.pointer}`;
      problems.add('DUPLICATE_ID', jsonPointer(node.pointer, 'id'), message);
    }
    if (node.id === '__proto__') problems.add('INVALID_ID', jsonPointer(node.pointer, 'id'), '`__proto__` cannot be an id');
    checkDependencies(node, numbers, problems);
  }
  for (const cycle of cyclesOf(graph)) reportCycle(cycle, nodes, problems);
}

function checkDependencies(node: DefinitionNode, numbers: ReadonlyMap<string, number>, problems: ProblemList): void {
  const seen = new Set<string>();
  for (const dependency of node.dependencies) {
    const at = dependency.pointer;
    if (dependency.node === node.id) {
      problems.add('SELF_DEPENDENCY', at, `\`${node.id}\` depends on itself`);
    } else if (!numbers.has(dependency.node)) {
      const hint = () => didYouMean(dependency.node, numbers.keys());
      problems.add('UNKNOWN_DEPENDENCY', at, `there is no node \`${dependency.node}\``, { hint });
    } else if (seen.has(dependency.node)) {
      const hint = 'several branches of one node go into one list: { node, on: [a, b] }';
      problems.add('DUPLICATE_DEPENDENCY', at, `\`${dependency.node}\` is listed twice`, { hint });
    }
    seen.add(dependency.node);
    if (dependency.on === 'mixed') {
      const message = '`on` is `success`, `failure` or `always`, or else a list of branch names only';
      problems.add('INVALID_FIELD', jsonPointer(at, 'on'), message);
    }
  }
}

function reportCycle(cycle: readonly number[], nodes: readonly DefinitionNode[], problems: ProblemList): void {
  const ids = cycle.map((number) => nodes[number]!.id);
  const first = nodes[cycle[0]!]!;
  const closing = first.dependencies.find(({ node }) => node === ids.at(-1));
  const round = [...ids, ids[0]].map((id) => `\`${id}\``);
  const path = (round.length > mostNamed ? [...round.slice(0, mostNamed - 2), '…', round.at(-1)] : round).join(' → ');
  problems.add('CYCLE', closing?.pointer ?? first.pointer, `these nodes wait for each other: ${path}`);
}
