import type { StepRecord } from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import { scopeAt, stepView, type StepView } from '../scope-view.ts';
import { awaitNoMore } from './outcome.ts';
import { beginUndo } from './undo-step.ts';

/*
 * Compensation. An execution that ends otherwise than COMPLETED undoes its steps when nothing of it is under way any more: each completed
 * step whose node has a `compensate`, and each whose outcome stayed unknown, one after the other, the last to settle first. One that
 * fails does not stop the others; the execution stays COMPENSATING until an operator has it tried again or waives it.
 */

/** Carries compensation on. True when nothing is left to undo, and the execution may end. Throws AllStepsNeeded. */
export function compensate(draft: Draft): boolean {
  draft.needAllSteps();
  for (;;) {
    const { underWay, unresolved, next } = survey(draft);
    if (draft.execution.status !== 'COMPENSATING') {
      if (!underWay && !unresolved && !next) return true;
      draft.happened('execution.compensating');
      draft.change({ status: 'COMPENSATING' });
    }
    if (underWay) return false;
    if (next) beginUndo(draft, next.target, next.step);
    else if (unresolved) return false;
    else break;
  }
  draft.happened('execution.compensated', { notice: 'compensated' });
  return true;
}

/** An operator has decided against undoing: what attempts that were told to stop come to does not matter any more. */
export function waitForNothing(draft: Draft): void {
  for (const step of [...draft.steps.values()]) if (step.undo?.awaited) awaitNoMore(draft, step);
}

interface Survey {
  /** An attempt that was told to stop has not reported, or a step is being undone. */
  readonly underWay: boolean;
  /** An undo failed, and no operator has said what becomes of it. */
  readonly unresolved: boolean;
  readonly next: { readonly target: StepView; readonly step: StepRecord } | undefined;
}

function survey(draft: Draft): Survey {
  let underWay = false;
  let unresolved = false;
  let next: Survey['next'];
  for (const step of draft.steps.values()) {
    if (step.undo?.awaited || step.status === 'COMPENSATING') underWay = true;
    if (step.status === 'COMPENSATION_FAILED' && !step.undo?.waived) unresolved = true;
    if (!isToBeUndone(step) || (step.settledSeq ?? 0) <= (next?.step.settledSeq ?? -1)) continue;
    const view = scopeAt(draft.plan, step.scope);
    const target = view && stepView(view, step.node);
    if (target?.node.compensate) next = { target, step };
  }
  return { underWay, unresolved, next };
}

/** Its work was done, or may have been. A step whose error was taken as its outcome has done nothing. */
function isToBeUndone({ status, branch, undo }: StepRecord): boolean {
  switch (status) {
    case 'COMPLETED':
      return !undo?.reused && (branch !== 'error' || undo?.unknown === true);
    case 'FAILED':
    case 'CANCELLED':
      return undo?.unknown === true;
    case 'PENDING':
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'WAITING':
    case 'SKIPPED':
    case 'COMPENSATING':
    case 'COMPENSATED':
    case 'COMPENSATION_FAILED':
      return false;
  }
}
