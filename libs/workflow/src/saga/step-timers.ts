import { isSettledStep, stepPath, type StepRecord, type TimerKey, type TimerKind } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';
import type { Draft } from './draft.ts';
import { subWorkflowOf } from './sub-workflow-config.ts';
import { progressOf } from './map-progress.ts';

/** The longest time that anything waits: beyond it a due time would be no date any more. A hundred years. */
export const longestWaitMs = 100 * 365 * 86_400_000;

export function setStepTimer(draft: Draft, step: StepRecord, kind: TimerKind, dueAt: number): void {
  const latest = draft.moment.at + longestWaitMs;
  draft.cause({ kind: 'set_timer', timer: { ...timerKey(step, kind), attempt: step.attempt, dueAt: Math.min(dueAt, latest) } });
}

export function clearStepTimer(draft: Draft, step: StepRecord, kind: TimerKind): void {
  draft.cause({ kind: 'clear_timer', timer: timerKey(step, kind) });
}

export function setExecutionTimeout(draft: Draft): void {
  const { timeoutMs } = draft.plan;
  if (timeoutMs === null) return;
  const dueAt = draft.moment.at + Math.min(timeoutMs, longestWaitMs);
  draft.cause({ kind: 'set_timer', timer: { ...executionTimer(draft), attempt: 0, dueAt } });
}

export function clearExecutionTimeout(draft: Draft): void {
  if (draft.plan.timeoutMs !== null) draft.cause({ kind: 'clear_timer', timer: executionTimer(draft) });
}

/** Clears what may still be set for a step that is about to settle: it gets no timer any more. */
export function clearStepTimers(draft: Draft, node: PlanNode, step: StepRecord): void {
  if (step.status === 'PENDING' || isSettledStep(step.status)) return;
  if (step.status === 'RETRYING') clearStepTimer(draft, step, 'retry');
  if (step.status === 'QUEUED' && node.queueTimeoutMs !== null) clearStepTimer(draft, step, 'queue_timeout');
  if (step.status === 'WAITING' && node.action.kind === 'delay') clearStepTimer(draft, step, 'delay');
  if (step.status === 'WAITING' && subWorkflowOf(step)?.executionId === undefined && node.action.kind === 'sub_workflow') {
    clearStepTimer(draft, step, 'child_start');
  }
  if (node.action.kind === 'map' && isMapTimed(draft, step)) clearStepTimer(draft, step, 'map');
  if (step.status === 'WAITING' && hasWaitTimeout(node, step)) clearStepTimer(draft, step, 'wait_timeout');
  if (node.deadlineMs !== null) clearStepTimer(draft, step, 'deadline');
}

function isMapTimed(draft: Draft, { scope, node }: StepRecord): boolean {
  const { record } = draft.steps.in(stepPath(scope, node));
  return record !== undefined && progressOf(record.config).isTimed;
}

/** A step that waits for something from outside has its timeout on record, in its configuration. */
function hasWaitTimeout({ action }: PlanNode, { config }: StepRecord): boolean {
  const waits = action.kind === 'wait_for_signal' || action.kind === 'wait_for_event';
  return waits && typeof config === 'object' && config !== null && 'timeout' in config;
}

/** The two times that begin with the first attempt and with each stay in the queue. */
export function setQueueTimer(draft: Draft, node: PlanNode, step: StepRecord): void {
  if (node.queueTimeoutMs !== null) setStepTimer(draft, step, 'queue_timeout', draft.moment.at + node.queueTimeoutMs);
}

export function setDeadline(draft: Draft, node: PlanNode, step: StepRecord): void {
  if (node.deadlineMs !== null) setStepTimer(draft, step, 'deadline', draft.moment.at + node.deadlineMs);
}

function executionTimer(draft: Draft): TimerKey {
  return { executionId: draft.execution.id, scope: '', node: '', kind: 'execution_timeout' };
}

function timerKey({ executionId, scope, node }: StepRecord, kind: TimerKind): TimerKey {
  return { executionId, scope, node, kind };
}
