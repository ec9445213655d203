import type { ExecutionRecord, Json } from '@jetsaga/contracts';
import { advance, beginExecution } from './advance.ts';
import { beginElsewhere } from './beginning.ts';
import { Draft } from './draft.ts';
import type { Effect, ExecutionState, Moment, OpenedClaimChecks, StartRequest } from './saga-types.ts';
import { rootView } from './scope-view.ts';
import { tellParent } from './sub-workflow.ts';
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
    historySeq: 0,
    traceparent: request.traceparent,
  };
  const draft = new Draft(plan, { execution, steps: new Map(), signals: request.signals }, moment, opened);
  draft.happened('execution.started', { by, ...toldOf(request), notice: 'started', noticeData: { by } });
  setExecutionTimeout(draft);
  if (request.beginning) beginElsewhere(draft, rootView(plan), request.beginning);
  beginExecution(draft);
  advance(draft);
  tellParent(draft);
  return { kind: 'started', ...draft.seal() };
}

/** Where it begins, for the history. */
function toldOf({ beginning }: StartRequest): { data?: Json } {
  if (!beginning) return {};
  return { data: beginning.kind === 'at' ? { startAt: beginning.node } : { from: beginning.from, rerunOf: beginning.of } };
}
