import { stepPath, type Ending, type Json } from '@jetsaga/contracts';
import { bindingsFor, evaluated } from './bindings.ts';
import { compensate, waitForNothing } from './compensation/compensate.ts';
import type { Draft } from './draft.ts';
import { outputsFlattened } from './outputs.ts';
import { stepView, type ScopeView } from './scope-view.ts';
import { cancelStep, errorJson } from './settle-step.ts';
import { pendingStep } from './step-record.ts';
import { clearExecutionTimeout } from './step-timers.ts';

/** Nothing is under way any more: gives the execution its result, or the end that it is bound for. */
export function endExecution(draft: Draft, root: ScopeView): void {
  const { ending } = draft.execution;
  if (ending) {
    endUnsuccessfully(draft, root, ending);
    return;
  }
  const output = evaluated('', () => executionOutput(draft, root));
  if (output.ok) {
    clearExecutionTimeout(draft);
    draft.happened('execution.completed', { notice: 'completed' });
    draft.change({ status: 'COMPLETED', output: output.value, finishedAt: draft.moment.at });
    return;
  }
  clearExecutionTimeout(draft);
  endUnsuccessfully(draft, root, { status: 'FAILED', error: output.error, compensate: draft.plan.onFailure === 'compensate' });
}

/** The definition's `output`, else what its `output` node gave, else the leaves' outputs by id, a single leaf flattened. */
function executionOutput(draft: Draft, root: ScopeView): Json {
  const { output, outputNode } = draft.plan;
  if (output) return output.evaluate(bindingsFor(draft, root));
  const collected = outputNode === null ? undefined : draft.step(stepPath(root.path, outputNode));
  if (collected?.status === 'COMPLETED') return collected.output ?? null;
  return outputsFlattened(root.scope.leaves, (id) => draft.step(stepPath(root.path, id)));
}

/**
 * Every attempt in flight has been stopped and all clean-up work is done. What never started is written down as CANCELLED here,
 * all at once. Then completed steps are undone, when `ending.compensate` asks for it; it comes here again until that is over.
 */
function endUnsuccessfully(draft: Draft, root: ScopeView, ending: Ending): void {
  const { status, error } = ending;
  for (const id of root.scope.nodes.keys()) {
    const target = stepView(root, id);
    if (!target || draft.step(target.path)) continue;
    cancelStep(
      draft,
      target,
      pendingStep(draft.execution.id, root.path, target.node),
      'it had not started when the execution ended',
    );
  }
  if (ending.compensate) {
    draft.change({ ending });
    if (!compensate(draft)) return;
  } else {
    waitForNothing(draft);
  }
  const shown = errorJson(error);
  draft.happened(historyTypes[status], { data: { error: shown }, notice: notices[status], noticeData: { error: shown } });
  draft.change({ status, error, ending: null, finishedAt: draft.moment.at });
}

const historyTypes = { FAILED: 'execution.failed', CANCELLED: 'execution.cancelled', TIMED_OUT: 'execution.timed_out' } as const;
const notices = { FAILED: 'failed', CANCELLED: 'cancelled', TIMED_OUT: 'timed_out' } as const;
