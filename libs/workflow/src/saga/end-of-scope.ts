import { stepPath, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import { FailureJudge } from './absorption.ts';
import { stopStep } from './compensation/stop-step.ts';
import type { Draft } from './draft.ts';
import { outputsById, outputsFlattened } from './outputs.ts';
import { itemEnded } from './run-map.ts';
import { isScopeOpen, isWindingDown } from './scope-record.ts';
import { strategyOf, stepView, type ScopeView, type StepView } from './scope-view.ts';
import { completeStep, failStep, type WorkTimes } from './settle-step.ts';
import { isOpenStep } from './step-record.ts';

/** Every node has settled; or, when winding down, nothing is under way any more. */
export function isOver(draft: Draft, view: ScopeView): boolean {
  const { size, open } = draft.steps.in(view.path);
  return open === 0 && (isWindingDown(draft, view) || size === view.scope.nodes.size);
}

/** Ends a scope inside the execution when it is over, or when its race is won: its owner gets what came of it. */
export function endScopeIfOver(draft: Draft, view: ScopeView): void {
  const { owner } = view;
  if (owner === null || !isScopeOpen(draft, view)) return;
  const winner =
    owner.node.action.kind === 'group' && strategyOf(owner) === 'race' ? firstOf(leaves(draft, view, 'COMPLETED')) : undefined;
  if (!winner && !isOver(draft, view)) return;
  if (winner) cancelOthers(draft, view);
  const error = winner ? undefined : failureOf(draft, view, owner);
  const collect = view.index === null ? outputsById : outputsFlattened;
  const output = error
    ? undefined
    : collect(winner ? [winner.node] : view.scope.leaves, (id) => draft.step(stepPath(view.path, id)));
  const { record } = draft.steps.in(view.path);
  if (record) {
    const status = error ? 'FAILED' : 'COMPLETED';
    draft.put({ ...record, status, error, ...(output !== undefined && { output }), finishedAt: draft.moment.at });
  }
  if (view.index === null) settleGroup(draft, owner, error, output ?? null);
  else itemEnded(draft, owner, error);
}

/** One event may complete several: then it is the first of them that has won. */
function firstOf(steps: readonly StepRecord[]): StepRecord | undefined {
  return [...steps].sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0))[0];
}

function cancelOthers(draft: Draft, view: ScopeView): void {
  for (const step of [...draft.steps.in(view.path).values()].filter(isOpenStep)) {
    const target = stepView(view, step.node);
    if (target) stopStep(draft, target, step, 'another was first');
  }
}

/** Why the scope failed; undefined when it did not. */
function failureOf(draft: Draft, view: ScopeView, owner: StepView): ErrorShape | undefined {
  const steps = draft.steps.in(view.path);
  if (steps.record?.error) return steps.record.error;
  const strategy = strategyOf(owner);
  if (view.index === null && (strategy === 'best_effort' || strategy === 'race')) {
    const wasTried = leaves(draft, view).some(({ status }) => status !== 'SKIPPED');
    const hasSucceeded = leaves(draft, view, 'COMPLETED').length > 0;
    return steps.failed.length > 0 && (wasTried || strategy === 'race') && !hasSucceeded ? steps.failed[0]?.error : undefined;
  }
  const judge = new FailureJudge(draft, view);
  return steps.failed.find((step) => judge.verdict(step) !== 'absorbed')?.error;
}

function leaves(draft: Draft, view: ScopeView, status?: StepRecord['status']): StepRecord[] {
  const found = view.scope.leaves.flatMap((id) => draft.steps.in(view.path).get(id) ?? []);
  return status === undefined ? found : found.filter((step) => step.status === status);
}

function settleGroup(draft: Draft, owner: StepView, error: ErrorShape | undefined, result: Json): void {
  const step = draft.step(owner.path);
  if (!step || !isOpenStep(step)) return;
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null };
  if (error) failStep(draft, owner, step, error, times, 'its steps failed');
  else completeStep(draft, owner, step, { result, branch: null, times });
}
