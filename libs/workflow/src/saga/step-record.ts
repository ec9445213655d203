import { isSettledStep, type StepRecord } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';

/** A step that has not left PENDING: what stands for a node without a record. */
export function pendingStep(executionId: string, scope: string, node: PlanNode): StepRecord {
  return {
    executionId,
    scope,
    node: node.id,
    status: 'PENDING',
    handler: node.handler,
    queue: node.action.kind === 'task' ? node.action.queue : null,
    attempt: 0,
    generation: 0,
    dispatch: 0,
    branch: null,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
    worker: null,
    waitingFor: null,
    settledSeq: null,
  };
}

/** Scheduled and not settled. */
export function isOpenStep(step: StepRecord): boolean {
  return !isSettledStep(step.status);
}

/** The step was begun at some time, whatever became of it: its join rule and its condition were met. */
export function hasRun(step: StepRecord): boolean {
  switch (step.status) {
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'WAITING':
    case 'COMPLETED':
    case 'FAILED':
    case 'COMPENSATING':
    case 'COMPENSATED':
    case 'COMPENSATION_FAILED':
      return true;
    case 'PENDING':
    case 'SKIPPED':
    case 'CANCELLED':
      return false;
  }
}
