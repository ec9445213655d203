import { limits, type DispatchRef, type StepRecord } from '@jetsaga/contracts';
import { outcomeUnknown } from './compensation/outcome.ts';
import type { Draft } from './draft.ts';
import { locateOpenStep } from './locate-step.ts';
import type { IgnoredReason } from './saga-types.ts';
import { dispatchAgain } from './schedule-step.ts';
import { failStep, withdrawTask } from './settle-step.ts';

/** The message of a dispatch is gone: the same attempt is sent once more, until that has been done too often. */
export function onLost(draft: Draft, ref: DispatchRef): IgnoredReason | undefined {
  const located = locateOpenStep(draft, ref);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  const isOut = step.status === 'QUEUED' || step.status === 'RUNNING';
  if (!isOut || step.attempt !== ref.attempt || step.dispatch !== ref.dispatch) return 'stale_dispatch';
  const { at } = draft.moment;
  const dispatch = step.dispatch + 1;
  if (dispatch > limits.maxDispatches) {
    withdrawTask(draft, step, 'its message was lost too often');
    const error = { code: 'TASK_POISON', message: `the task was sent ${step.dispatch} times and lost each time; retry the step` };
    const times = { startedAt: step.startedAt, finishedAt: at, worker: step.worker };
    failStep(draft, target, outcomeUnknown(target, step), error, times, 'its task was sent too often');
    return undefined;
  }
  const again: StepRecord = { ...step, status: 'QUEUED', dispatch, queuedAt: at, startedAt: null, worker: null };
  draft.happened('step.redispatched', { step: again, data: { dispatch, why: 'its message was lost' } });
  dispatchAgain(draft, target, again);
  return undefined;
}
