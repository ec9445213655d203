import type { StepRecord } from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import type { StepView } from '../scope-view.ts';
import { clearStepTimer } from '../step-timers.ts';

/** Notes that an attempt may have done the work although nobody knows. Steps that nothing undoes stay as they are. */
export function outcomeUnknown({ node }: StepView, step: StepRecord): StepRecord {
  return node.compensate ? { ...step, undo: { ...step.undo, unknown: true } } : step;
}

/** The work was done, whatever is on record of earlier attempts. */
export function outcomeKnown(step: StepRecord): StepRecord {
  const { unknown: _, awaited: __, ...undo } = step.undo ?? {};
  return step.undo ? { ...step, undo: Object.keys(undo).length > 0 ? undo : null } : step;
}

/** The attempt that was told to stop has reported, or need not any more. */
export function awaitNoMore(draft: Draft, step: StepRecord): void {
  clearStepTimer(draft, step, 'outcome');
  const { awaited: _, ...undo } = step.undo ?? {};
  draft.put({ ...step, undo: Object.keys(undo).length > 0 ? undo : null });
}
