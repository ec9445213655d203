import { stepPath, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import { ExpressionFailure, type Bindings, type NodeView } from '../expression/expression.ts';
import type { Draft } from './draft.ts';
import type { ScopeView } from './scope-view.ts';

/** What expressions in a scope see at this point of the decision. */
export function bindingsFor(draft: Draft, view: ScopeView, locals: Readonly<Record<string, Json>> = {}): Bindings {
  const { execution } = draft;
  return {
    input: execution.input,
    node: (id) => {
      const step = draft.step(stepPath(view.path, id));
      return step && nodeView(step);
    },
    execution: {
      id: execution.id,
      workflow: execution.workflow,
      version: execution.version,
      startedAt: execution.startedAt === null ? null : new Date(execution.startedAt).toISOString(),
      labels: { ...execution.labels },
    },
    locals,
    opened: (reference) => draft.opened.get(reference.$ref),
  };
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
