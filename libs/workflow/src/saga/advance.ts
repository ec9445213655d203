import type { StepRecord } from '@jetsaga/contracts';
import type { PlanNode } from '../definition/plan.ts';
import { FailureJudge } from './absorption.ts';
import type { Draft } from './draft.ts';
import { endExecution } from './end-of-execution.ts';
import { judgeJoin } from './join.ts';
import { scheduleStep } from './schedule-step.ts';
import { rootView, scopeAt, stepView, type ScopeView } from './scope-view.ts';
import { skipStep } from './settle-step.ts';
import { pendingStep } from './step-record.ts';
import { beginFailing, dependency, outlastsFailure } from './winding-down.ts';

/**
 * Carries on from what has settled in this decision, until nothing more follows from it: dependents start or are skipped,
 * control nodes are decided, a failure that nobody absorbs fails the scope, and a scope without open steps ends.
 */
export function advance(draft: Draft): void {
  if (draft.execution.status === 'PAUSED') return;
  const root = rootView(draft.plan);
  settleConsequences(draft);
  if (draft.mayBeOver && isOver(draft, root)) endExecution(draft, root);
}

/** Starts a scope: its roots, one after the other, each with all that follows from it at once. */
export function beginScope(draft: Draft, view: ScopeView): void {
  for (const id of view.scope.roots) {
    consider(draft, view, id);
    settleConsequences(draft);
  }
}

function settleConsequences(draft: Draft): void {
  for (;;) {
    if (draft.cleanUpDue) startCleanUp(draft);
    const step = draft.settledNow.shift();
    if (!step) return;
    const view = scopeAt(draft.plan, step.scope);
    const node = view?.scope.nodes.get(step.node);
    if (!view || !node) continue;
    judgeFailures(draft, view, node, step);
    for (const edge of node.outgoing) consider(draft, view, edge.to);
  }
}

/** Starts or skips a node, if it has not been decided yet and its join rule can be. */
function consider(draft: Draft, view: ScopeView, id: string): void {
  const target = stepView(view, id);
  const known = target && draft.step(target.path);
  if (!target || (known && known.status !== 'PENDING')) return;
  const { node } = target;
  if (draft.execution.ending !== null && !outlastsFailure(draft, node)) return;
  const verdict = judgeJoin(node, (from) => dependency(draft, view, from));
  if (verdict.kind === 'run') scheduleStep(draft, target, verdict.why);
  else if (verdict.kind === 'skip') skipStep(draft, known ?? pendingStep(draft.execution.id, view.path, node), verdict.why);
}

/** While winding down, `settled` steps may be due although nothing they depend on ever settles any more. */
function startCleanUp(draft: Draft): void {
  draft.cleanUpDue = false;
  const root = rootView(draft.plan);
  for (const node of root.scope.nodes.values()) if (outlastsFailure(draft, node)) consider(draft, root, node.id);
}

/** Fails the scope when a failure is absorbed by nobody: first looks at the step that has just settled, then at earlier failures. */
function judgeFailures(draft: Draft, view: ScopeView, node: PlanNode, settled: StepRecord): void {
  if (draft.execution.ending !== null) return;
  const { failed } = draft.steps;
  if (failed.length === 0) return;
  const judge = new FailureJudge(draft, view);
  const isUnabsorbed = (step: StepRecord) => judge.verdict(step) === 'unabsorbed';
  const justFailed = settled.status === 'FAILED' ? settled : undefined;
  const endsAll = justFailed && (node.action.kind === 'fail' || isUnabsorbed(justFailed));
  const culprit = endsAll ? justFailed : failed.find(isUnabsorbed);
  if (culprit?.error) beginFailing(draft, 'FAILED', culprit.error);
}

/** Every node has settled; or, when winding down, nothing is under way any more. */
function isOver(draft: Draft, { scope }: ScopeView): boolean {
  const { size, open } = draft.steps;
  return open === 0 && (draft.execution.ending !== null || size === scope.nodes.size);
}
