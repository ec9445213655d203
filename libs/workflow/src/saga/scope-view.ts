import { stepPath } from '@jetsaga/contracts';
import type { Plan, PlanNode, PlanScope } from '../definition/plan.ts';

/** A scope as it lives in one execution: where it is, and its DAG. The root's path is `''`. */
export interface ScopeView {
  readonly path: string;
  readonly scope: PlanScope;
}

/** A node as it lives in one execution. */
export interface StepView {
  readonly view: ScopeView;
  readonly node: PlanNode;
  readonly path: string;
}

export function rootView(plan: Plan): ScopeView {
  return { path: '', scope: plan.root };
}

export function stepView(view: ScopeView, id: string): StepView | undefined {
  const node = view.scope.nodes.get(id);
  return node && { view, node, path: stepPath(view.path, id) };
}

/** The scope at a path, and undefined when the plan has none there. */
export function scopeAt(plan: Plan, path: string): ScopeView | undefined {
  return path === '' ? rootView(plan) : undefined;
}
