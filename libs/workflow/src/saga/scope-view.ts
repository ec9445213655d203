import { parseStepPath, stepPath } from '@jetsaga/contracts';
import type { Plan, PlanNode, PlanScope, ScopeStrategy } from '../definition/plan.ts';

/** A scope as it lives in one execution: where it is, and its DAG. The root's path is `''`. */
export interface ScopeView {
  readonly path: string;
  readonly scope: PlanScope;
  /** The `group` or `map` step whose body it is; null for the root. */
  readonly owner: StepView | null;
  /** Which item of a map it belongs to, counted in the list as it was before filtering; null for others. */
  readonly index: number | null;
}

/** A node as it lives in one execution. */
export interface StepView {
  readonly view: ScopeView;
  readonly node: PlanNode;
  readonly path: string;
}

export function rootView(plan: Plan): ScopeView {
  return { path: '', scope: plan.root, owner: null, index: null };
}

export function stepView(view: ScopeView, id: string): StepView | undefined {
  const node = view.scope.nodes.get(id);
  return node && { view, node, path: stepPath(view.path, id) };
}

/** The body of a group, or that of one item of a map. */
export function bodyView(owner: StepView, index: number | null): ScopeView | undefined {
  const { action } = owner.node;
  if (action.kind === 'group') return index === null ? { path: owner.path, scope: action.scope, owner, index } : undefined;
  if (action.kind === 'map' && index !== null) return { path: itemScope(owner.path, index), scope: action.scope, owner, index };
  return undefined;
}

/** Path of the scope of one item of a map. */
export function itemScope(map: string, index: number): string {
  return `${map}[${index}]`;
}

const segment = /^([^[]+)(?:\[(\d+)\])?$/;

/** The scope at a path, and undefined when the plan has none there. */
export function scopeAt(plan: Plan, path: string): ScopeView | undefined {
  let view: ScopeView | undefined = rootView(plan);
  if (path === '') return view;
  for (const text of path.split('/')) {
    const [, id = '', index] = segment.exec(text) ?? [];
    const owner: StepView | undefined = view && stepView(view, id);
    view = owner && bodyView(owner, index === undefined ? null : Number(index));
  }
  return view;
}

/** The node of the step at a path; undefined when the plan has none there. */
export function nodeAt(plan: Plan, path: string): PlanNode | undefined {
  const { scope, node } = parseStepPath(path);
  return scopeAt(plan, scope)?.scope.nodes.get(node);
}

/** Whether a scope lies in the body of the step at `path`. */
export function isWithin(scope: string, path: string): boolean {
  return scope.startsWith(path) && (scope.length === path.length || scope[path.length] === '/' || scope[path.length] === '[');
}

/** What failures mean for a scope. The root fails fast; an item does where one failure or one success decides about its map. */
export function failsFast({ owner }: ScopeView): boolean {
  if (owner === null) return true;
  const strategy = strategyOf(owner);
  return strategy === 'fail_fast' || (strategy === 'race' && owner.node.action.kind === 'map');
}

export function strategyOf({ node: { action } }: StepView): ScopeStrategy {
  return action.kind === 'group' || action.kind === 'map' ? action.strategy : 'wait_all';
}
