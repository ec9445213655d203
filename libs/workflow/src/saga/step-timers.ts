import type { StepRecord, TimerKey, TimerKind } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';
import type { Draft } from './draft.ts';

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
  if (step.status === 'PENDING') return;
  if (step.status === 'RETRYING') clearStepTimer(draft, step, 'retry');
  if (step.status === 'QUEUED' && step.dispatch > 0 && node.queueTimeoutMs !== null) clearStepTimer(draft, step, 'queue_timeout');
  if (step.status === 'WAITING' && node.action.kind === 'delay') clearStepTimer(draft, step, 'delay');
  if (node.deadlineMs !== null) clearStepTimer(draft, step, 'deadline');
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
