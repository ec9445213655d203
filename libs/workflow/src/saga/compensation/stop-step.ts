import type { StepRecord } from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import type { StepView } from '../scope-view.ts';
import { cancelStep } from '../settle-step.ts';
import { setStepTimer } from '../step-timers.ts';
import { outcomeUnknown } from './outcome.ts';

/** How long after its time a worker may still take to say that it has stopped: it gives a handler ten seconds for that. */
const reportGraceMs = 15_000;

/**
 * Cancels a step of an execution that winds down. Where it would have to be undone, what its attempt comes to is waited for: a report,
 * word that the task was taken back before anyone had it, or the end of its time.
 */
export function stopStep(draft: Draft, target: StepView, step: StepRecord, why: string): void {
  const { node, path } = target;
  const isUndoable = node.compensate !== null && draft.execution.ending?.compensate === true && step.queue !== null;
  const isOut = (step.status === 'QUEUED' || step.status === 'RUNNING') && !draft.isUnsent(path);
  if (!isUndoable || (!isOut && step.status !== 'WAITING')) {
    cancelStep(draft, target, step, why);
  } else if (!isOut) {
    cancelStep(draft, target, outcomeUnknown(target, step), why);
  } else {
    cancelStep(draft, target, { ...step, undo: { ...step.undo, awaited: true } }, why);
    const { at } = draft.moment;
    const timeLeft = Math.max(0, (step.startedAt ?? at) + node.timeoutMs - at);
    setStepTimer(draft, step, 'outcome', at + timeLeft + reportGraceMs);
  }
}
