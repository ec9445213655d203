import type { Json } from '@jetsaga/contracts';
import { conditionOf, templateOf, type Sight } from './expressions.ts';
import { either, lists, objects, type ForeseenScope, type ForeseenStep, type Outcomes, type Place } from './foreseen.ts';
import { leavesOf, outputsOfLeaves } from './leaves.ts';
import type { WrittenNode } from './written-node.ts';

/** Where a body is, and how what is in it is foreseen. */
export interface BodyPlace {
  /** Of the step that has the body. */
  readonly path: string;
  readonly sight: Sight;
  readonly doubts: string[];
  foresee(place: Place): ForeseenScope;
}

function ended(status: 'COMPLETED' | 'FAILED', outputs: Outcomes, scopes: readonly ForeseenScope[]): ForeseenStep {
  return { status, branch: null, outputs: status === 'COMPLETED' ? outputs : [], scopes };
}

/** A `group`: what its body comes to, by its strategy. */
export function foreseeGroup(node: WrittenNode, { path, sight, doubts, foresee }: BodyPlace): ForeseenStep {
  const { nodes, strategy } = node;
  const letsAllFinish = strategy === 'wait_all' || strategy === 'best_effort';
  const scope = foresee({ path, locals: sight.locals, letsAllFinish });
  const leaves = leavesOf(nodes).map(({ id }) => [id, scope.steps.get(id)!] as const);
  const winners = leaves.filter(([, step]) => step.status === 'COMPLETED');
  const aLeafFailed = leaves.some(([, step]) => step.status === 'FAILED');
  switch (strategy) {
    case 'wait_all':
    case 'fail_fast':
      return ended(scope.unabsorbed.size > 0 ? 'FAILED' : 'COMPLETED', outputsOfLeaves(nodes, scope.steps, 'by id'), [scope]);
    case 'best_effort':
      return ended(winners.length === 0 && aLeafFailed ? 'FAILED' : 'COMPLETED', outputsOfLeaves(nodes, scope.steps, 'by id'), [
        scope,
      ]);
    case 'race': {
      if (winners.length === 0 && !aLeafFailed) doubts.push(`${path}: nobody takes part in the race`);
      const won = winners.map(([id, step]) => objects([[id, step.outputs]]));
      return ended(winners.length > 0 ? 'COMPLETED' : 'FAILED', either(won), [scope]);
    }
  }
}

/** A `map` over a list: each item has a body of its own. */
export function foreseeMap(node: WrittenNode, { path, sight, doubts, foresee }: BodyPlace): ForeseenStep {
  const { nodes, strategy } = node;
  const items = itemsOf(node, path, sight, doubts);
  const scopes = items.map(({ item, index, all }) => {
    const letsAllFinish = strategy === 'wait_all' || strategy === 'best_effort';
    const scope = foresee({ path: `${path}[${index}]`, locals: { ...sight.locals, item, index, items: all }, letsAllFinish });
    // What else goes on in an item that has failed is left open.
    return { ...scope, letsAllFinish: scope.letsAllFinish && scope.unabsorbed.size === 0 };
  });
  const values = scopes.map((scope): Outcomes =>
    scope.unabsorbed.size > 0 ? [null] : outputsOfLeaves(nodes, scope.steps, 'flattened'),
  );
  const successes = scopes.filter((scope) => scope.unabsorbed.size === 0).length;
  switch (strategy) {
    case 'wait_all':
    case 'fail_fast':
      return ended(successes < scopes.length ? 'FAILED' : 'COMPLETED', lists(values), scopes);
    case 'best_effort':
      return ended(scopes.length > 0 && successes === 0 ? 'FAILED' : 'COMPLETED', lists(values), scopes);
    case 'race': {
      const won = values.flatMap((_, winner) =>
        scopes[winner]!.unabsorbed.size > 0 ? [] : [lists(values.map((value, index) => (index === winner ? value : [null])))],
      );
      return ended(
        scopes.length > 0 && successes === 0 ? 'FAILED' : 'COMPLETED',
        scopes.length === 0 ? [[]] : either(won),
        scopes,
      );
    }
  }
}

/** The items that pass the filter, each with its place among all of them. */
function itemsOf(node: WrittenNode, path: string, sight: Sight, doubts: string[]) {
  const found = templateOf(node.items ?? [], sight);
  if (found === 'anything') {
    doubts.push(`${path}: its items cannot be foretold`);
    return [];
  }
  const all = found[0] as Json[];
  return all
    .map((item, index) => ({ item, index, all }))
    .filter(({ item, index }) => {
      if (node.filter === undefined) return true;
      return conditionOf(node.filter, { ...sight, locals: { ...sight.locals, item, index, items: all } }) === true;
    });
}
