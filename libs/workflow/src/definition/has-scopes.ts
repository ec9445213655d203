import type { Plan } from './plan.ts';

const known = new WeakMap<Plan, boolean>();

/** Whether the definition has a `group` or a `map`: its executions may have more steps than a decision needs to know. */
export function hasScopes(plan: Plan): boolean {
  let found = known.get(plan);
  if (found === undefined) {
    found = [...plan.root.nodes.values()].some(({ action }) => action.kind === 'group' || action.kind === 'map');
    known.set(plan, found);
  }
  return found;
}
