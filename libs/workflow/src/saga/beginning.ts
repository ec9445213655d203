import type { StepRecord } from '@jetsaga/contracts';
import type { PlanScope } from '../definition/plan.ts';
import type { Draft } from './draft.ts';
import { scheduleStep } from './schedule-step.ts';
import { stepView, type ScopeView } from './scope-view.ts';
import { skipStep } from './settle-step.ts';
import { pendingStep } from './step-record.ts';

/** Where an execution begins, when not at the beginning. */
export type Beginning =
  /** At that node: what is not at or below it is skipped. */
  | { readonly kind: 'at'; readonly node: string }
  /** At what is at or below `from`, and at what `steps`, the root's steps of that earlier execution, have not completed. */
  | { readonly kind: 'rerun'; readonly from: string; readonly of: string; readonly steps: readonly StepRecord[] };

/** The node that a beginning names. */
export function beginningNode(beginning: Beginning): string {
  return beginning.kind === 'at' ? beginning.node : beginning.from;
}

/** Writes down what the execution leaves out, or takes over. The node is in the plan's root. */
export function beginElsewhere(draft: Draft, root: ScopeView, beginning: Beginning): void {
  const chosen = atOrBelow(root.scope, beginningNode(beginning));
  if (beginning.kind === 'at') skipOthers(draft, root, beginning.node, chosen);
  else takeOver(draft, root, beginning, chosen);
}

/** The node comes first: once everything it depends on is skipped, its own join rule would have it skipped as well. */
function skipOthers(draft: Draft, root: ScopeView, node: string, chosen: ReadonlySet<string>): void {
  const first = stepView(root, node);
  if (first) scheduleStep(draft, first, 'the execution was started at it');
  for (const other of root.scope.nodes.values()) {
    if (chosen.has(other.id)) continue;
    skipStep(draft, pendingStep(draft.execution.id, root.path, other), `the execution was started at ${node}`);
  }
}

function takeOver(
  draft: Draft,
  root: ScopeView,
  { of, steps }: Extract<Beginning, { kind: 'rerun' }>,
  chosen: ReadonlySet<string>,
): void {
  for (const step of [...steps].sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0))) {
    const node = root.scope.nodes.get(step.node);
    if (!node || step.scope !== root.path || step.status !== 'COMPLETED' || chosen.has(step.node)) continue;
    const { handler, queue, executionId } = pendingStep(draft.execution.id, root.path, node);
    const taken: StepRecord = { ...step, executionId, handler, queue, dispatch: 0, undo: { reused: true } };
    const settledSeq = draft.happened('step.completed', { step: taken, data: { why: `its output is that of execution ${of}` } });
    draft.put({ ...taken, settledSeq });
  }
}

function atOrBelow({ nodes }: PlanScope, id: string): ReadonlySet<string> {
  const chosen = new Set([id]);
  for (const each of chosen) for (const { to } of nodes.get(each)?.outgoing ?? []) chosen.add(to);
  return chosen;
}
