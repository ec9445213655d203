import type { DefinitionNode, NodeDependency } from './definition-nodes.ts';
import { branchesOf } from './handler-check.ts';
import { jsonPointer } from './json-pointer.ts';
import type { HandlerCatalog } from './plan.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

const mostNamed = 20;

/** Edges select on branches that there are. A plain edge behind a handler with branches is worth a look. */
export function checkBranches(
  nodes: readonly DefinitionNode[],
  numbers: ReadonlyMap<string, number>,
  catalog: HandlerCatalog | null,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const branches = nodes.map((node) => {
    const known = branchesOf(node, catalog);
    return known && new Set(known);
  });
  for (const node of nodes) {
    for (const dependency of node.dependencies) {
      const number = numbers.get(dependency.node);
      const from = number === undefined ? undefined : nodes[number];
      const known = number === undefined ? undefined : branches[number];
      if (from === undefined || from === node || known === undefined) continue;
      if (dependency.written === 'plain' && known.size > 0) warnPlain(dependency, from, known, warnings);
      checkEdge(dependency, from, known, problems);
    }
  }
}

function warnPlain(dependency: NodeDependency, from: DefinitionNode, branches: ReadonlySet<string>, warnings: ProblemList): void {
  const [first] = branches;
  const hint = `name the branch, { node: ${from.id}, on: ${first} }, or write on: success`;
  warnings.add('UNCHECKED_BRANCH', dependency.pointer, `runs after \`${from.id}\` whatever its branch: ${listed(branches)}`, {
    hint,
  });
}

function checkEdge(dependency: NodeDependency, from: DefinitionNode, branches: ReadonlySet<string>, problems: ProblemList): void {
  const { on, written } = dependency;
  if (on === null || on === 'mixed' || on.kind !== 'branches') return;
  const pointer = jsonPointer(dependency.pointer, 'on');
  for (const [index, branch] of on.branches.entries()) {
    const at = written === 'list' ? jsonPointer(pointer, index) : pointer;
    if (branch === 'error') {
      if (from.fields.onError === 'continue') continue;
      const hint = `give \`${from.id}\` onError: continue, or select on: failure`;
      problems.add('UNKNOWN_BRANCH', at, `\`${from.id}\` has no branch \`error\``, { hint });
    } else if (!branches.has(branch)) {
      const known = branches.size === 0 ? 'it has none' : `it has ${listed(branches)}`;
      const message = `\`${from.id}\` (${from.handler}) has no branch \`${branch}\`: ${known}`;
      problems.add('UNKNOWN_BRANCH', at, message, {
        hint: () => didYouMean(branch, [...branches, 'success', 'failure', 'always']),
      });
    }
  }
}

function listed(branches: ReadonlySet<string>): string {
  const names = [...branches]
    .slice(0, mostNamed)
    .map((name) => `\`${name}\``)
    .join(', ');
  return branches.size > mostNamed ? `${names} and ${branches.size - mostNamed} more` : names;
}
