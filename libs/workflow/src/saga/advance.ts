import type { StepRecord } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';
import { FailureJudge } from './absorption.ts';
import type { Draft } from './draft.ts';
import { endExecution } from './end-of-execution.ts';
import { endScopeIfOver, isOver } from './end-of-scope.ts';
import { judgeJoin } from './join.ts';
import { continueMap } from './run-map.ts';
import { scheduleStep } from './schedule-step.ts';
import { isScopeOpen, isWindingDown } from './scope-record.ts';
import { failsFast, rootView, scopeAt, stepView, type ScopeView } from './scope-view.ts';
import { skipStep } from './settle-step.ts';
import { isOpenStep, pendingStep } from './step-record.ts';
import { beginFailing, dependency, failScope, outlastsFailure } from './winding-down.ts';

/**
 * Carries on from what has settled in this decision, until nothing more follows from it: dependents start or are skipped,
 * control nodes are decided, a failure that nobody absorbs fails the scope, and a scope without open steps ends.
 */
export function advance(draft: Draft): void {
  if (draft.execution.status === 'PAUSED') return;
  const root = rootView(draft.plan);
  settleConsequences(draft);
  if (draft.mayBeOver.has(root.path) && isOver(draft, root)) endExecution(draft, root);
}

/** Starts the root scope: its roots, one after the other, each with all that follows from it at once. */
export function beginExecution(draft: Draft): void {
  const root = rootView(draft.plan);
  for (const id of root.scope.roots) {
    consider(draft, root, id);
    settleConsequences(draft);
  }
}

function settleConsequences(draft: Draft): void {
  while (
    startCleanUp(draft) ||
    followSettledStep(draft) ||
    beginNextScope(draft) ||
    endNextScope(draft) ||
    continueNextMap(draft)
  );
}

function followSettledStep(draft: Draft): boolean {
  const step = draft.settledNow.shift();
  if (!step) return false;
  const view = scopeAt(draft.plan, step.scope);
  const node = view?.scope.nodes.get(step.node);
  // A scope that was closed as a whole decides nothing more.
  if (!view || !node || !isScopeOpen(draft, view)) return true;
  judgeFailures(draft, view, node, step);
  if (stepsAtATime(view) === null) for (const edge of node.outgoing) consider(draft, view, edge.to);
  else for (const id of view.scope.nodes.keys()) consider(draft, view, id);
  return true;
}

/** The roots of a body, in turn with all else: one that fails at once may keep the next one from starting. */
function beginNextScope(draft: Draft): boolean {
  const view = draft.scopesToBegin.shift();
  if (!view) return false;
  for (const id of view.scope.roots) {
    if (!isScopeOpen(draft, view)) break;
    consider(draft, view, id);
    while (followSettledStep(draft));
  }
  return true;
}

/** The innermost first: the end of one may be that of the one around it. */
function endNextScope(draft: Draft): boolean {
  let deepest = '';
  for (const path of draft.mayBeOver) if (path.length > deepest.length) deepest = path;
  if (deepest === '') return false;
  draft.mayBeOver.delete(deepest);
  const view = scopeAt(draft.plan, deepest);
  if (view) endScopeIfOver(draft, view);
  return true;
}

function continueNextMap(draft: Draft): boolean {
  const target = draft.mapsToContinue.shift();
  if (target) continueMap(draft, target);
  return target !== undefined;
}

/** Starts or skips a node, if it has not been decided yet and its join rule can be. */
function consider(draft: Draft, view: ScopeView, id: string): void {
  const target = stepView(view, id);
  const known = target && draft.step(target.path);
  if (!target || (known && known.status !== 'PENDING')) return;
  const { node } = target;
  if (isWindingDown(draft, view) && !outlastsFailure(draft, node)) return;
  const verdict = judgeJoin(node, (from) => dependency(draft, view, from));
  const limit = stepsAtATime(view);
  if (verdict.kind === 'run' && limit !== null && begunIn(draft, view) >= limit) return;
  if (verdict.kind === 'run') scheduleStep(draft, target, verdict.why);
  else if (verdict.kind === 'skip') skipStep(draft, known ?? pendingStep(draft.execution.id, view.path, node), verdict.why);
}

/** While winding down, `settled` steps may be due although nothing they depend on ever settles any more. */
function startCleanUp(draft: Draft): boolean {
  const view = draft.cleanUpsDue.shift();
  if (!view) return false;
  for (const node of view.scope.nodes.values()) if (outlastsFailure(draft, node)) consider(draft, view, node.id);
  return true;
}

/** Steps that are under way; those that are open again and have not begun are not. */
function begunIn(draft: Draft, { path }: ScopeView): number {
  return [...draft.steps.in(path).values()].filter((step) => step.status !== 'PENDING' && isOpenStep(step)).length;
}

/** How many steps of a scope may be under way at a time; null: any number. */
function stepsAtATime({ owner }: ScopeView): number | null {
  return owner?.node.action.kind === 'group' ? owner.node.action.maxConcurrency : null;
}

/** Fails the scope when a failure is absorbed by nobody: first looks at the step that has just settled, then at earlier failures. */
function judgeFailures(draft: Draft, view: ScopeView, node: PlanNode, settled: StepRecord): void {
  const { failed } = draft.steps.in(view.path);
  if (failed.length === 0) return;
  const justFailed = settled.status === 'FAILED' ? settled : undefined;
  if (justFailed?.error && node.action.kind === 'fail') {
    // Wherever it stands, it ends the execution.
    beginFailing(draft, 'FAILED', justFailed.error);
    return;
  }
  if (isWindingDown(draft, view) || !failsFast(view)) return;
  const judge = new FailureJudge(draft, view);
  const isUnabsorbed = (step: StepRecord) => judge.verdict(step) === 'unabsorbed';
  const culprit = justFailed && isUnabsorbed(justFailed) ? justFailed : failed.find(isUnabsorbed);
  if (!culprit?.error) return;
  if (view.owner === null) beginFailing(draft, 'FAILED', culprit.error);
  else failScope(draft, view, culprit.error);
}
