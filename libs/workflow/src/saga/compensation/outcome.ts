import type { StepRecord } from '@jetsaga/contracts';
import type { StepView } from '../scope-view.ts';

/** Notes that an attempt may have done the work although nobody knows. Steps that nothing undoes stay as they are. */
export function outcomeUnknown({ node }: StepView, step: StepRecord): StepRecord {
  return node.compensate ? { ...step, undo: { ...step.undo, unknown: true } } : step;
}

/** The work was done, whatever is on record of earlier attempts. */
export function outcomeKnown(step: StepRecord): StepRecord {
  const { unknown: _, awaited: __, ...undo } = step.undo ?? {};
  return step.undo ? { ...step, undo: Object.keys(undo).length > 0 ? undo : null } : step;
}
