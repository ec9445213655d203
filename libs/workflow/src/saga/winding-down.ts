import { stepPath, type Ending, type ErrorShape, type StepRecord } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';
import { stopStep } from './compensation/stop-step.ts';
import type { Draft } from './draft.ts';
import { isWindingDown } from './scope-record.ts';
import { rootView, stepView, type ScopeView } from './scope-view.ts';
import { endPause } from './pausing.ts';
import { errorJson } from './settle-step.ts';
import { isOpenStep } from './step-record.ts';
import { clearExecutionTimeout } from './step-timers.ts';

/*
 * How an execution winds down. From the moment it is bound to end otherwise than COMPLETED (`ending` is set), nothing new starts and
 * what is under way is stopped. Steps that join by `settled` are clean-up work: they go on, and start, until all have settled; only
 * a cancel ends them too. Then the execution ends (end-of-execution.ts).
 */

/** The execution fails, or its time is over. One that is winding down already keeps its first reason. */
export function beginFailing(draft: Draft, status: 'FAILED' | 'TIMED_OUT', error: ErrorShape): void {
  if (draft.execution.ending !== null) return;
  draft.happened('execution.failing', { data: { status, error: errorJson(error) } });
  windDown(draft, { status, error, compensate: draft.plan.onFailure === 'compensate' });
}

/** Stops everything, clean-up work included. An execution that was failing already still ends as it was bound to. */
export function beginCancelling(draft: Draft, error: ErrorShape, compensate: boolean): void {
  const wished = compensate && draft.plan.onFailure === 'compensate';
  const { ending } = draft.execution;
  draft.cleanUpForbidden = true;
  windDown(
    draft,
    ending ? { ...ending, compensate: ending.compensate && wished } : { status: 'CANCELLED', error, compensate: wished },
  );
}

/** The step is clean-up work that may start, and go on, although the execution winds down. */
export function outlastsFailure(draft: Draft, node: PlanNode): boolean {
  return node.join === 'settled' && !draft.cleanUpForbidden;
}

/** A dependency as a join sees it: while the execution winds down, what has not started is as good as CANCELLED. */
export function dependency(draft: Draft, view: ScopeView, id: string): StepRecord | 'cancelled' | undefined {
  const step = draft.step(stepPath(view.path, id));
  if (step || !isWindingDown(draft, view)) return step;
  const node = view.scope.nodes.get(id);
  return node && outlastsFailure(draft, node) ? undefined : 'cancelled';
}

function windDown(draft: Draft, ending: Ending): void {
  if (draft.execution.ending === null) clearExecutionTimeout(draft);
  endPause(draft);
  draft.change({ ending });
  const root = rootView(draft.plan);
  draft.mayBeOver.add(root.path);
  draft.cleanUpsDue.push(root);
  const why = draft.cleanUpForbidden ? 'the execution is cancelled' : `the execution is failing: ${ending.error.code}`;
  cancelOpenSteps(draft, root, why);
}

/** What is under way in a scope, and what is inside that; clean-up work goes on. */
function cancelOpenSteps(draft: Draft, view: ScopeView, why: string): void {
  for (const step of [...draft.steps.in(view.path).values()].filter(isOpenStep)) {
    const target = stepView(view, step.node);
    if (target && !outlastsFailure(draft, target.node)) stopStep(draft, target, step, why);
  }
}

/** A scope inside the execution fails at once: what is under way in it is stopped, and its owner fails when that is done. */
export function failScope(draft: Draft, view: ScopeView, error: ErrorShape): void {
  const { record } = draft.steps.in(view.path);
  if (!record || record.error) return;
  draft.put({ ...record, error });
  draft.mayBeOver.add(view.path);
  draft.cleanUpsDue.push(view);
  cancelOpenSteps(draft, view, `its scope is failing: ${error.code}`);
}
