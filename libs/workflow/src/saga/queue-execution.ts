import type { ExecutionRecord } from '@jetsaga/contracts';
import type { Effect, ExecutionState, StartRequest } from './saga-types.ts';

/** An execution that is accepted and has to wait before it starts: PENDING, and its history says what for. */
export function queueExecution(
  request: StartRequest,
  at: number,
  waitingFor: string,
): { readonly state: ExecutionState; readonly effects: readonly Effect[] } {
  const { plan, by } = request;
  const seq = (request.historySeq ?? 0) + 1;
  const execution: ExecutionRecord = {
    id: request.executionId,
    workflow: plan.key,
    version: plan.version,
    status: 'PENDING',
    input: request.input,
    ending: null,
    labels: request.labels,
    priority: request.priority,
    parent: request.parent,
    depth: request.depth,
    startedBy: by,
    createdAt: request.createdAt,
    startedAt: null,
    finishedAt: null,
    historySeq: seq,
    traceparent: request.traceparent,
  };
  const entry = { seq, at, type: 'execution.queued' as const, by, data: { waitingFor } };
  return { state: { execution, steps: new Map() }, effects: [{ kind: 'history', entry }] };
}
