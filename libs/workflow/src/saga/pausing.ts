import type { Actor, StepRecord, TimerRecord } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { lookAgain } from './look-again.ts';
import { locateOpenStep } from './locate-step.ts';
import type { IgnoredReason } from './saga-types.ts';
import type { StepView } from './scope-view.ts';

/*
 * While an execution is PAUSED, nothing new is scheduled: what is queued or running finishes and is recorded, what follows from it waits
 * (`advance` does nothing), and timers that come due are held back. Resuming looks at everything that has settled, and lets the timers go.
 * The execution's own timeout goes on; it ends the pause, and so does a cancel.
 */

/** A timer held back is set anew for a time that never comes; what releases them finds them by it. */
export const heldTimerDue = Date.UTC(9999, 0, 1);

export function pause(draft: Draft, reason: string | undefined, by: Actor): IgnoredReason | undefined {
  if (draft.execution.status !== 'RUNNING' || draft.execution.ending !== null) return 'wrong_state';
  draft.happened('command.pause', { by, data: { ...(reason !== undefined && { reason }) } });
  draft.change({ status: 'PAUSED' });
  draft.happened('execution.paused', { notice: 'paused', noticeData: { by } });
  return undefined;
}

export function resume(draft: Draft, by: Actor): IgnoredReason | undefined {
  if (draft.execution.status !== 'PAUSED') return 'wrong_state';
  draft.happened('command.resume', { by });
  endPause(draft);
  draft.happened('execution.resumed', { notice: 'resumed', noticeData: { by } });
  lookAgain(draft);
  return undefined;
}

/** Does nothing to an execution that is not paused. */
export function endPause(draft: Draft): void {
  if (draft.execution.status !== 'PAUSED') return;
  draft.change({ status: 'RUNNING' });
  draft.cause({ kind: 'release_timers', at: draft.moment.at });
}

/** The timer acts when the execution is resumed. */
export function holdTimer(draft: Draft, timer: TimerRecord): IgnoredReason | undefined {
  const located = locateOpenStep(draft, timer);
  if ('ignored' in located || !isDue(located.target, located.step, timer)) return 'stale_timer';
  draft.cause({ kind: 'set_timer', timer: { ...timer, dueAt: heldTimerDue } });
  return undefined;
}

/** There is a reason for the timer as the step stands. */
function isDue({ node }: StepView, step: StepRecord, { kind, attempt }: TimerRecord): boolean {
  switch (kind) {
    case 'retry':
      return step.status === 'RETRYING' && step.attempt === attempt;
    case 'queue_timeout':
      return step.status === 'QUEUED' && step.attempt === attempt && node.queueTimeoutMs !== null;
    case 'deadline':
      return node.deadlineMs !== null;
    case 'delay':
      return step.status === 'WAITING' && node.action.kind === 'delay';
    case 'wait_timeout':
      return step.status === 'WAITING';
    case 'map':
      return node.action.kind === 'map';
    case 'child_start':
    case 'child_end':
      return step.status === 'WAITING' && node.action.kind === 'sub_workflow';
    case 'execution_timeout':
    case 'outcome':
      return false;
  }
}
