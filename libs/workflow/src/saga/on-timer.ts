import type { StepRecord, TimerRecord } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { locateOpenStep } from './locate-step.ts';
import type { IgnoredReason } from './saga-types.ts';
import { completeDelay, sendNextAttempt } from './schedule-step.ts';
import type { StepView } from './scope-view.ts';
import { failStep, withdrawTask } from './settle-step.ts';
import { clearStepTimer } from './step-timers.ts';
import { beginFailing } from './winding-down.ts';

/** A timer is due. One whose reason is gone is stale. */
export function onTimer(draft: Draft, timer: TimerRecord): IgnoredReason | undefined {
  if (timer.kind === 'execution_timeout') return onExecutionTimeout(draft);
  const located = locateOpenStep(draft, timer);
  if ('ignored' in located) return 'stale_timer';
  const { target, step } = located;
  const isSameAttempt = step.attempt === timer.attempt;
  switch (timer.kind) {
    case 'retry':
      if (step.status !== 'RETRYING' || !isSameAttempt) return 'stale_timer';
      nextAttempt(draft, target, step);
      return undefined;
    case 'delay':
      if (step.status !== 'WAITING' || target.node.action.kind !== 'delay') return 'stale_timer';
      completeDelay(draft, target, step, 'its time has come');
      return undefined;
    case 'queue_timeout':
      if (step.status !== 'QUEUED' || !isSameAttempt || target.node.queueTimeoutMs === null) return 'stale_timer';
      // The task was sent again meanwhile: its time in the queue began anew.
      if ((step.queuedAt ?? 0) + target.node.queueTimeoutMs > draft.moment.at) return 'stale_timer';
      outOfTime(draft, target, step, 'QUEUE_TIMEOUT', `no worker took the task within ${target.node.queueTimeoutMs} ms`);
      return undefined;
    case 'deadline':
      if (target.node.deadlineMs === null) return 'stale_timer';
      outOfTime(
        draft,
        target,
        step,
        'DEADLINE_EXCEEDED',
        `the step was not done within ${target.node.deadlineMs} ms, all attempts together`,
      );
      return undefined;
    case 'wait_timeout':
      return 'stale_timer';
  }
}

function onExecutionTimeout(draft: Draft): IgnoredReason | undefined {
  const { timeoutMs } = draft.plan;
  if (timeoutMs === null || draft.execution.ending !== null) return 'stale_timer';
  beginFailing(draft, 'TIMED_OUT', { code: 'EXECUTION_TIMEOUT', message: `the execution was not done within ${timeoutMs} ms` });
  return undefined;
}

function nextAttempt(draft: Draft, target: StepView, step: StepRecord): void {
  const attempt = step.attempt + 1;
  const queued: StepRecord = {
    ...step,
    status: 'QUEUED',
    attempt,
    dispatch: 1,
    queuedAt: draft.moment.at,
    startedAt: null,
    worker: null,
    waitingFor: null,
  };
  clearStepTimer(draft, step, 'retry');
  draft.happened('step.queued', { step: queued, data: { why: `attempt ${step.attempt} failed` }, notice: 'step.queued' });
  sendNextAttempt(draft, target, queued);
}

function outOfTime(draft: Draft, target: StepView, step: StepRecord, code: string, message: string): void {
  withdrawTask(draft, step, message);
  const times = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: step.worker };
  failStep(draft, target, step, { code, message }, times, message);
}
