import type { DefinitionNode, NodeDependency } from './definition-nodes.ts';
import { branchesOf } from './handler-check.ts';
import { jsonPointer } from './json-pointer.ts';
import type { HandlerCatalog } from './plan.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

/** Edges select on branches that there are. A plain edge behind a handler with branches is worth a look. */
export function checkBranches(
  nodes: readonly DefinitionNode[],
  numbers: ReadonlyMap<string, number>,
  catalog: HandlerCatalog,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  for (const node of nodes) {
    for (const dependency of node.dependencies) {
      const from = nodes[numbers.get(dependency.node) ?? -1];
      if (from === undefined || from === node) continue;
      const branches = branchesOf(from, catalog);
      if (branches === undefined) continue;
      if (dependency.written === 'plain' && branches.length > 0) warnPlain(dependency, from, branches, warnings);
      checkEdge(dependency, from, branches, problems);
    }
  }
}

function warnPlain(dependency: NodeDependency, from: DefinitionNode, branches: readonly string[], warnings: ProblemList): void {
  const message = `runs after \`${from.id}\` whatever its branch (${branches.join(', ')})`;
  const hint = `name the branch, { node: ${from.id}, on: ${branches[0]} }, or write on: success`;
  warnings.add('UNCHECKED_BRANCH', dependency.pointer, message, { hint });
}

function checkEdge(dependency: NodeDependency, from: DefinitionNode, branches: readonly string[], problems: ProblemList): void {
  const { on, written } = dependency;
  if (on === null || on === 'mixed' || on.kind !== 'branches') return;
  const pointer = jsonPointer(dependency.pointer, 'on');
  for (const [index, branch] of on.branches.entries()) {
    const at = written === 'list' ? jsonPointer(pointer, index) : pointer;
    if (branch === 'error') {
      if (from.fields.onError === 'continue') continue;
      const hint = `give \`${from.id}\` onError: continue, or select on: failure`;
      problems.add('UNKNOWN_BRANCH', at, `\`${from.id}\` has no branch \`error\``, { hint });
    } else if (!branches.includes(branch)) {
      const known = branches.length === 0 ? 'it has none' : `it has ${branches.map((name) => `\`${name}\``).join(', ')}`;
      const message = `\`${from.id}\` (${from.handler}) has no branch \`${branch}\`: ${known}`;
      problems.add('UNKNOWN_BRANCH', at, message, { hint: didYouMean(branch, [...branches, 'success', 'failure', 'always']) });
    }
  }
}
