import type { ExecutionRecord } from '@jetsaga/contracts';
import { advance, beginScope } from './advance.ts';
import { Draft } from './draft.ts';
import type { Effect, ExecutionState, Moment, OpenedClaimChecks, StartRequest } from './saga-types.ts';
import { rootView } from './scope-view.ts';
import { setExecutionTimeout } from './step-timers.ts';

export interface StartDecision {
  readonly kind: 'started';
  readonly state: ExecutionState;
  readonly effects: readonly Effect[];
}

/**
 * Starts an execution: everything that depends on nothing, and what follows from it at once. One of control nodes only may be over
 * already. The input is taken to fit the definition. Throws ClaimCheckNeeded like `transition`.
 */
export function startExecution(request: StartRequest, moment: Moment, opened: OpenedClaimChecks): StartDecision {
  const { plan, executionId, by } = request;
  const execution: ExecutionRecord = {
    id: executionId,
    workflow: plan.key,
    version: plan.version,
    status: 'RUNNING',
    input: request.input,
    ending: null,
    labels: request.labels,
    priority: request.priority,
    parent: request.parent,
    depth: request.depth,
    startedBy: by,
    createdAt: request.createdAt,
    startedAt: moment.at,
    finishedAt: null,
    historySeq: request.historySeq ?? 0,
    traceparent: request.traceparent,
  };
  const draft = new Draft(plan, { execution, steps: new Map() }, moment, opened);
  draft.happened('execution.started', { by, notice: 'started', noticeData: { by } });
  setExecutionTimeout(draft);
  beginScope(draft, rootView(plan));
  advance(draft);
  return { kind: 'started', ...draft.seal() };
}
