import { type ErrorShape, type StepRecord, type StepResult } from '@jetsaga/contracts';
import { outcomeUnknown } from './compensation/outcome.ts';
import type { Draft } from './draft.ts';
import { locateOpenStep, notTheOpenAttempt } from './locate-step.ts';
import { noRetryBecause } from './no-retry.ts';
import { reportedTime } from './reported-time.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { IgnoredReason } from './saga-types.ts';
import type { StepView } from './scope-view.ts';
import { completeStep, errorJson, failStep, withdrawTask, type WorkTimes } from './settle-step.ts';
import { clearStepTimer, longestWaitMs, setStepTimer } from './step-timers.ts';

/** A worker's report of one attempt. */
export function onResult(draft: Draft, result: StepResult): IgnoredReason | undefined {
  const located = locateOpenStep(draft, result.path);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  if (step.queue === null) return 'wrong_state';
  switch (result.outcome) {
    case 'completed':
      return onCompleted(draft, target, step, result);
    case 'failed':
      return notTheOpenAttempt(step, result.attempt) ?? onFailed(draft, target, step, result);
    case 'deferred':
      return notTheOpenAttempt(step, result.attempt) ?? onDeferred(draft, target, step, result);
    case 'progress':
      return notTheOpenAttempt(step, result.attempt) ?? onProgress(draft, step, result);
  }
}

/** Work that was done counts, even when a later attempt has begun in the meantime: that one is taken back. */
function onCompleted(draft: Draft, target: StepView, step: StepRecord, result: StepResult): IgnoredReason | undefined {
  const stale = notTheOpenAttempt(step, result.attempt);
  if (stale === 'not_open') return stale;
  // What an attempt did that has been undone since does not count.
  if (result.attempt <= (step.undo?.after ?? 0)) return 'attempt_over';
  const why = stale && `attempt ${result.attempt} completed after it had been given up`;
  if (why) withdrawTask(draft, step, why);
  completeStep(draft, target, step, {
    result: result.output ?? null,
    branch: result.branch ?? null,
    times: timesOf(draft, result),
    data: { ...(why && { why }), ...(result.usage !== undefined && { usage: result.usage }) },
  });
  return undefined;
}

function onFailed(draft: Draft, target: StepView, open: StepRecord, result: StepResult): undefined {
  const failure = result.error ?? {
    code: 'UNKNOWN_ERROR',
    message: 'the worker reported a failure without an error',
    retryable: true,
  };
  const { code, message, details, retryable, retryAfterMs } = failure;
  const mayBeDone = failure.definite === false || code === 'TASK_POISON' || code === 'RESULT_POISON';
  const step = mayBeDone ? outcomeUnknown(target, open) : open;
  const error: ErrorShape = { code, message, ...(details !== undefined && { details }), path: target.path };
  const { retry } = target.node;
  const final = noRetryBecause(retry, step.attempt, code, retryable);
  if (final !== null) {
    failStep(draft, target, step, error, timesOf(draft, result), final);
    return;
  }
  const delayMs = Math.min(retryDelayMs(retry, step.attempt, draft.moment.entropy, retryAfterMs), longestWaitMs);
  const dueAt = draft.moment.at + delayMs;
  const waitingFor = `attempt ${step.attempt + 1} at ${new Date(dueAt).toISOString()}`;
  if (step.status === 'QUEUED' && target.node.queueTimeoutMs !== null) clearStepTimer(draft, step, 'queue_timeout');
  const retrying: StepRecord = {
    ...step,
    status: 'RETRYING',
    generation: failure.definite === false ? step.generation : step.generation + 1,
    error,
    startedAt: reportedTime(draft, result.startedAt),
    worker: result.worker,
    waitingFor,
  };
  const data = { error: errorJson(error), delayMs, dueAt };
  draft.happened('step.retrying', { step: retrying, data, notice: 'step.retrying', noticeData: data });
  draft.put(retrying);
  setStepTimer(draft, retrying, 'retry', dueAt);
}

function onDeferred(draft: Draft, target: StepView, step: StepRecord, result: StepResult): IgnoredReason | undefined {
  if (step.status === 'WAITING') return 'wrong_state';
  if (step.status === 'QUEUED' && target.node.queueTimeoutMs !== null) clearStepTimer(draft, step, 'queue_timeout');
  const waitingFor = typeof result.output === 'string' ? result.output : 'a completion by its token';
  const waiting: StepRecord = {
    ...step,
    status: 'WAITING',
    startedAt: reportedTime(draft, result.startedAt),
    worker: result.worker,
    waitingFor,
  };
  draft.happened('step.waiting', { step: waiting, data: { waitingFor }, notice: 'step.waiting', noticeData: { waitingFor } });
  draft.put(waiting);
  return undefined;
}

/** Changes nothing on record: it is only passed on, where the definition wants steps' notices. */
function onProgress(draft: Draft, step: StepRecord, result: StepResult): undefined {
  draft.announce('step.progress', step, { progress: result.progress ?? 0 });
}

function timesOf(draft: Draft, { startedAt, finishedAt, worker }: StepResult): WorkTimes {
  return { startedAt: reportedTime(draft, startedAt), finishedAt: reportedTime(draft, finishedAt), worker };
}
