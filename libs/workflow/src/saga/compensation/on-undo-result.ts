import {
  limits,
  type DispatchRef,
  type ErrorShape,
  type StepRecord,
  type StepResult,
  type TimerRecord,
} from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import { noRetryBecause } from '../no-retry.ts';
import { retryDelayMs } from '../retry-delay.ts';
import type { IgnoredReason } from '../saga-types.ts';
import type { StepView } from '../scope-view.ts';
import { errorJson } from '../settle-step.ts';
import { clearStepTimer, longestWaitMs, setStepTimer } from '../step-timers.ts';
import { completeUndo, failUndo, sendUndo } from './undo-step.ts';

/** A worker's report of an undo. What was undone counts, whenever that becomes known. */
export function onUndoResult(draft: Draft, target: StepView, step: StepRecord, result: StepResult): IgnoredReason | 'applied' {
  if (result.attempt > step.attempt) return 'not_open';
  if (result.attempt <= (step.undo?.after ?? 0)) return 'attempt_over';
  const isOpen = step.status === 'COMPENSATING' && step.dispatch > 0 && result.attempt === step.attempt;
  if (result.outcome === 'completed') {
    if (step.status === 'COMPENSATING' && !isOpen) giveUpLaterAttempt(draft, step);
    completeUndo(draft, step);
    return 'applied';
  }
  if (!isOpen) return 'attempt_over';
  if (result.outcome === 'progress') return 'wrong_state';
  onUndoFailed(draft, target, step, result);
  return 'applied';
}

/** Another attempt is due. */
export function onUndoRetry(draft: Draft, target: StepView, step: StepRecord, timer: TimerRecord): IgnoredReason | 'applied' {
  if (step.dispatch > 0 || step.attempt !== timer.attempt) return 'stale_timer';
  clearStepTimer(draft, step, 'retry');
  const again: StepRecord = { ...step, dispatch: 1, waitingFor: null };
  draft.happened('step.compensating', { step: again, data: { why: `attempt ${step.attempt - 1} failed` } });
  sendUndo(draft, target, again);
  return 'applied';
}

/** The message of an undo is gone: it is sent once more, until that has been done too often. */
export function onUndoLost(draft: Draft, target: StepView, step: StepRecord, ref: DispatchRef): IgnoredReason | 'applied' {
  if (step.dispatch === 0 || step.attempt !== ref.attempt || step.dispatch !== ref.dispatch) return 'stale_dispatch';
  const dispatch = step.dispatch + 1;
  if (dispatch > limits.maxDispatches) {
    draft.withdraw(step, 'its message was lost too often');
    const error = { code: 'TASK_POISON', message: `the task was sent ${step.dispatch} times and lost each time; retry the undo` };
    failUndo(draft, target, step, error, 'its task was sent too often');
    return 'applied';
  }
  const again: StepRecord = { ...step, dispatch };
  draft.happened('step.redispatched', { step: again, data: { dispatch, why: 'its message was lost' } });
  sendUndo(draft, target, again);
  return 'applied';
}

function onUndoFailed(draft: Draft, target: StepView, step: StepRecord, result: StepResult): void {
  const failure = result.outcome === 'deferred' ? deferred : (result.error ?? unnamed);
  const { code, message, details, retryable, retryAfterMs } = failure;
  const error: ErrorShape = { code, message, ...(details !== undefined && { details }) };
  const failed = step.attempt - (step.undo?.after ?? 0);
  const { retry } = target.node;
  const final = noRetryBecause(retry, failed, code, retryable);
  const generation = failure.definite === false ? step.generation : step.generation + 1;
  if (final !== null) {
    failUndo(draft, target, step, error, final);
    return;
  }
  const delayMs = Math.min(retryDelayMs(retry, failed, draft.moment.entropy, retryAfterMs), longestWaitMs);
  const dueAt = draft.moment.at + delayMs;
  const waitingFor = `attempt ${step.attempt + 1} at ${new Date(dueAt).toISOString()}`;
  draft.happened('step.compensating', { step, data: { error: errorJson(error), delayMs, dueAt } });
  const waiting: StepRecord = { ...step, attempt: step.attempt + 1, dispatch: 0, generation, waitingFor };
  draft.put(waiting);
  setStepTimer(draft, waiting, 'retry', dueAt);
}

/** The attempt that is out, or the one that is waited for, is not wanted any more. */
function giveUpLaterAttempt(draft: Draft, step: StepRecord): void {
  if (step.dispatch > 0) draft.withdraw(step, 'an earlier attempt has undone the step');
  else clearStepTimer(draft, step, 'retry');
}

type Failure = NonNullable<StepResult['error']>;

const unnamed: Failure = { code: 'UNKNOWN_ERROR', message: 'the worker reported a failure without an error', retryable: true };

const deferred: Failure = {
  code: 'UNDO_DEFERRED',
  message: 'an undo cannot wait for a completion by token; let its handler finish the work, or waive the undo',
  retryable: false,
};
