import { isTerminalExecution, parseStepPath, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import type { StepView } from './scope-view.ts';
import { completeStep, errorJson, failStep, type WorkTimes } from './settle-step.ts';
import {
  ChildEndNeeded,
  ChildStartNeeded,
  valueKey,
  type ChildEnd,
  type ChildRequest,
  type ChildStarted,
} from './steps-needed.ts';
import { clearStepTimer, setStepTimer } from './step-timers.ts';
import { childConfigOf, subWorkflowOf } from './sub-workflow-config.ts';

/*
 * A step that runs a workflow. Its child is started, once, after the commit in which the step begins: a timer that is due at once sees
 * to it. A child that ends sets a timer of its parent's step in the same transaction.
 */

export function beginSubWorkflow(draft: Draft, step: StepRecord, why: string): void {
  const waiting: StepRecord = { ...step, status: 'WAITING', waitingFor: `${childConfigOf(step).workflow} to start` };
  const data = { waitingFor: waiting.waitingFor };
  draft.happened('step.waiting', { step: waiting, data: { why, ...data }, notice: 'step.waiting', noticeData: data });
  draft.put(waiting);
  setStepTimer(draft, waiting, 'child_start', draft.moment.at);
}

/** The child is to be started, or has been just now. Throws ChildStartNeeded. */
export function onChildStart(draft: Draft, target: StepView, step: StepRecord): IgnoredReason | undefined {
  const config = childConfigOf(step);
  if (config.executionId !== undefined) return 'stale_timer';
  const started = draft.opened.get(valueKey('child', step)) as ChildStarted | undefined;
  if (!started) {
    const { workflow, version, input } = config;
    const child: ChildRequest = { workflow, input, ...(version !== undefined && { version }) };
    throw new ChildStartNeeded(draft.execution, step, child);
  }
  if ('error' in started) {
    failStep(draft, target, step, started.error, timesOf(draft, step), 'its child cannot be started');
    return undefined;
  }
  const { executionId } = started;
  const begun: StepRecord = { ...step, config: { ...config, executionId } as Json, waitingFor: `execution ${executionId}` };
  clearStepTimer(draft, step, 'child_start');
  if (config.wait) draft.put(begun);
  else completeStep(draft, target, begun, { result: { executionId }, branch: null, times: timesOf(draft, step) });
  return undefined;
}

/** A step was cancelled while its child was being started: nobody waits for that any more. */
export function onLateChildStart(draft: Draft, step: StepRecord | undefined): IgnoredReason | undefined {
  if (step?.status !== 'CANCELLED' || subWorkflowOf(step) === undefined) return 'stale_timer';
  const started = draft.opened.get(valueKey('child', step)) as ChildStarted | undefined;
  if (!started || 'error' in started) return 'stale_timer';
  draft.cause({ kind: 'cancel_child', executionId: started.executionId, reason: 'its parent was cancelled' });
  return undefined;
}

/** The child has ended. Throws ChildEndNeeded. */
export function onChildEnd(draft: Draft, target: StepView, step: StepRecord): IgnoredReason | undefined {
  const end = draft.opened.get(valueKey('child-end', step)) as ChildEnd | null | undefined;
  if (end === undefined) throw new ChildEndNeeded(step);
  if (end === null || !isTerminalExecution(end.status)) return 'stale_timer';
  draft.cause({
    kind: 'clear_timer',
    timer: { executionId: step.executionId, scope: step.scope, node: step.node, kind: 'child_end' },
  });
  const config = childConfigOf(step);
  if (config.executionId === undefined) clearStepTimer(draft, step, 'child_start');
  const ended: StepRecord = { ...step, config: { ...config, executionId: end.executionId } as Json };
  const times = timesOf(draft, step);
  if (end.status === 'COMPLETED') {
    completeStep(draft, target, ended, { result: end.output ?? null, branch: null, times });
    return undefined;
  }
  const error: ErrorShape = {
    code: 'CHILD_FAILED',
    message: `${config.workflow} is ${end.status}${end.error ? `: ${end.error.message}` : ''}`,
    details: { executionId: end.executionId, status: end.status, cause: end.error ? errorJson(end.error) : null },
  };
  failStep(draft, target, ended, error, times, 'its child did not complete');
  return undefined;
}

/** An execution that was started by another one's step tells it that it has ended. */
export function tellParent(draft: Draft): void {
  const { parent, status } = draft.execution;
  if (parent === null || !isTerminalExecution(status)) return;
  const { scope, node } = parseStepPath(parent.path);
  const timer = { executionId: parent.executionId, scope, node, kind: 'child_end' as const, attempt: 1, dueAt: draft.moment.at };
  draft.cause({ kind: 'set_timer', timer });
}

function timesOf(draft: Draft, { startedAt }: StepRecord): WorkTimes {
  return { startedAt, finishedAt: draft.moment.at, worker: null };
}
