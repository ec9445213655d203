import { stepPath, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import { ExpressionFailure, type Bindings, type NodeView } from '../expression/expression.ts';
import type { Draft } from './draft.ts';
import { itemOf, mapItems } from './scope-record.ts';
import type { ScopeView } from './scope-view.ts';

/** What expressions in a scope see at this point of the decision. */
export function bindingsFor(draft: Draft, view: ScopeView, locals: Readonly<Record<string, Json>> = {}): Bindings {
  const { execution } = draft;
  return {
    input: execution.input,
    node: (id) => {
      const step = visibleStep(draft, view, id);
      return step && nodeView(step);
    },
    execution: {
      id: execution.id,
      workflow: execution.workflow,
      version: execution.version,
      startedAt: execution.startedAt === null ? null : new Date(execution.startedAt).toISOString(),
      labels: { ...execution.labels },
    },
    // Not spread: the list of items is looked up only when it is read.
    locals: view.owner === null ? locals : Object.assign(itemBindings(draft, view), locals),
    opened: (reference) => draft.opened.get(reference.$ref),
  };
}

/** The innermost node of that id, from a scope outwards. */
function visibleStep(draft: Draft, view: ScopeView, id: string): StepRecord | undefined {
  for (let at: ScopeView | undefined = view; at; at = at.owner?.view) {
    if (at.scope.nodes.has(id)) return draft.step(stepPath(at.path, id));
  }
  return undefined;
}

/** Item, index and list of the maps around a scope. The list is looked up when it is asked for. */
function itemBindings(draft: Draft, view: ScopeView): Record<string, Json> {
  const { owner } = view;
  if (owner === null) return {};
  const bound = itemBindings(draft, owner.view);
  const { action } = owner.node;
  if (action.kind !== 'map') return bound;
  const { item, index } = itemOf(draft, view.path);
  bound[action.itemName] = item;
  bound[action.indexName] = index;
  const list = { get: () => mapItems(draft, draft.step(owner.path)!).items as Json, enumerable: true, configurable: true };
  return Object.defineProperty(bound, 'items', list);
}

function nodeView(step: StepRecord): NodeView | undefined {
  switch (step.status) {
    case 'COMPLETED':
    case 'FAILED':
    case 'COMPENSATING':
    case 'COMPENSATED':
    case 'COMPENSATION_FAILED': {
      const { output, branch, error, attempt } = step;
      return { ...(output !== undefined && { output }), branch, ...(error && { error }), attempt };
    }
    case 'PENDING':
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'WAITING':
    case 'SKIPPED':
    case 'CANCELLED':
      return undefined;
  }
}

/** The value of an evaluation, or the error that its failure is for the step at `path`. ClaimCheckNeeded passes through. */
export type Evaluated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorShape };

export function evaluated<T>(path: string, evaluate: () => T): Evaluated<T> {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    const { code, message, expression } = error;
    return { ok: false, error: { code, message, details: { expression }, ...(path !== '' && { path }) } };
  }
}
