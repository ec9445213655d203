import { parseStepPath, type StepRecord } from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import { isWithin, scopeAt, stepView, type StepView } from '../scope-view.ts';
import { cancelStep } from '../settle-step.ts';
import { isOpenStep } from '../step-record.ts';
import { setStepTimer } from '../step-timers.ts';
import { outcomeUnknown } from './outcome.ts';

/** How long after its time a worker may still take to say that it has stopped: it gives a handler ten seconds for that. */
const reportGraceMs = 15_000;

/**
 * Cancels a step of an execution that winds down. Where it would have to be undone, what its attempt comes to is waited for: a report,
 * word that the task was taken back before anyone had it, or the end of its time.
 */
export function stopStep(draft: Draft, target: StepView, step: StepRecord, why: string): void {
  stopAttempt(draft, target, step, why);
  if (isOpenStep(step)) closeBody(draft, target.path, why);
}

function stopAttempt(draft: Draft, target: StepView, step: StepRecord, why: string): void {
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

/**
 * Ends all that is under way inside a step that has a body: nothing more is decided there. A map that goes on keeps its own record
 * open. Throws AllStepsNeeded.
 */
export function closeBody(draft: Draft, path: string, why: string, own: 'close' | 'keep' = 'close'): void {
  const { action } = bodyOwner(draft, path)?.node ?? {};
  if (action?.kind !== 'group' && action?.kind !== 'map') return;
  draft.needAllSteps();
  for (const [scope, { record }] of [...draft.steps.byScope()]) {
    if (!isWithin(scope, path)) continue;
    if (record && isOpenStep(record) && !(own === 'keep' && scope === path))
      draft.put({ ...record, status: 'CANCELLED', finishedAt: draft.moment.at });
    const view = scopeAt(draft.plan, scope);
    for (const step of [...draft.steps.in(scope).values()].filter(isOpenStep)) {
      const target = view && stepView(view, step.node);
      if (target) stopStep(draft, target, step, why);
    }
  }
}

function bodyOwner(draft: Draft, path: string): StepView | undefined {
  const { scope, node } = parseStepPath(path);
  const view = scopeAt(draft.plan, scope);
  return view && stepView(view, node);
}
