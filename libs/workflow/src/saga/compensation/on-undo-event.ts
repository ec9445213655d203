import {
  parseStepPath,
  type DispatchRef,
  type StepAddress,
  type StepRecord,
  type StepResult,
  type TimerRecord,
} from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import { reportedTime } from '../reported-time.ts';
import type { IgnoredReason, SagaEvent } from '../saga-types.ts';
import { scopeAt, stepView, type StepView } from '../scope-view.ts';
import { completeStep } from '../settle-step.ts';
import { clearStepTimer } from '../step-timers.ts';
import { onUndoLost, onUndoResult, onUndoRetry } from './on-undo-result.ts';
import { awaitNoMore, outcomeKnown, outcomeUnknown } from './outcome.ts';

/**
 * What concerns undoing in an execution that winds down: reports of undos, and late reports of attempts that were told to stop.
 * Undefined where the event is about something else.
 */
export function onUndoEvent(draft: Draft, event: SagaEvent): IgnoredReason | 'applied' | undefined {
  switch (event.kind) {
    case 'result':
      return about(draft, parseStepPath(event.result.path), (target, step) => {
        const isUndo = step.status === 'COMPENSATING' || step.status === 'COMPENSATION_FAILED';
        return isUndo ? onUndoResult(draft, target, step, event.result) : onLateResult(draft, target, step, event.result);
      });
    case 'timer':
      return about(draft, event.timer, (target, step) => onUndoTimer(draft, target, step, event.timer));
    case 'lost':
      return about(draft, event.dispatch, (target, step) =>
        step.status === 'COMPENSATING' ? onUndoLost(draft, target, step, event.dispatch) : undefined,
      );
    case 'withdrawn':
      return about(draft, event.dispatch, (_target, step) => onTakenBack(draft, step, event.dispatch));
    case 'started':
    case 'command':
      return undefined;
  }
}

type Reaction = IgnoredReason | 'applied' | undefined;

function about(draft: Draft, { scope, node }: StepAddress, react: (target: StepView, step: StepRecord) => Reaction): Reaction {
  const view = scopeAt(draft.plan, scope);
  const target = view && stepView(view, node);
  const step = target?.node.compensate && draft.step(target.path);
  return step ? react(target, step) : undefined;
}

function onUndoTimer(draft: Draft, target: StepView, step: StepRecord, timer: TimerRecord): Reaction {
  if (timer.kind === 'outcome') {
    if (!step.undo?.awaited) return 'stale_timer';
    awaitNoMore(draft, outcomeUnknown(target, step));
    return 'applied';
  }
  return timer.kind === 'retry' && step.status === 'COMPENSATING' ? onUndoRetry(draft, target, step, timer) : undefined;
}

/** The attempt that was told to stop reports; or work that was given up turns out to have been done. */
function onLateResult(draft: Draft, target: StepView, step: StepRecord, result: StepResult): Reaction {
  const isGivenUp = step.status === 'CANCELLED' || (step.status === 'FAILED' && step.undo?.unknown === true);
  if (!isGivenUp || result.attempt > step.attempt || result.attempt <= (step.undo?.after ?? 0)) return undefined;
  if (result.outcome === 'completed') {
    if (step.undo?.awaited) clearStepTimer(draft, step, 'outcome');
    completeStep(draft, target, outcomeKnown(step), {
      result: result.output ?? null,
      branch: result.branch ?? null,
      times: {
        startedAt: reportedTime(draft, result.startedAt),
        finishedAt: reportedTime(draft, result.finishedAt),
        worker: result.worker,
      },
      data: { why: `attempt ${result.attempt} completed after it had been given up` },
    });
    return 'applied';
  }
  if (!step.undo?.awaited || result.attempt < step.attempt || result.outcome === 'progress') return undefined;
  const isKnown = result.outcome === 'failed' && result.error?.definite !== false && result.error?.code !== 'TASK_POISON';
  awaitNoMore(draft, isKnown ? step : outcomeUnknown(target, step));
  return 'applied';
}

/** The task was still in the queue: nobody has it, and nobody will. */
function onTakenBack(draft: Draft, step: StepRecord, { attempt, dispatch }: DispatchRef): Reaction {
  if (!step.undo?.awaited || step.attempt !== attempt || step.dispatch !== dispatch) return 'stale_dispatch';
  // An earlier dispatch of this attempt may have been taken by somebody.
  if (dispatch > 1) return 'stale_dispatch';
  awaitNoMore(draft, step);
  return 'applied';
}
