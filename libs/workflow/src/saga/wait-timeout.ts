import type { Json, StepRecord } from '@jetsaga/contracts';
import type { PlanAction, PlanNode } from '../definition/plan.ts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import type { StepView } from './scope-view.ts';
import { completeStep, failStep, type WorkTimes } from './settle-step.ts';

/** What a step waited for did not come in time: its edge `timeout` is taken, and where there is none, it fails. */
export function onWaitTimeout(draft: Draft, target: StepView, step: StepRecord): IgnoredReason | undefined {
  const nothing = nothingReceived(target.node.action);
  if (step.status !== 'WAITING' || nothing === undefined) return 'stale_timer';
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null };
  const why = `${step.waitingFor ?? 'what it waited for'} did not come in time`;
  if (takesTimeout(target.node)) {
    completeStep(draft, target, step, { result: nothing, branch: 'timeout', times, data: { why } });
  } else {
    const message = `${why}; give it an edge \`on: timeout\`, or a longer timeout`;
    failStep(draft, target, step, { code: 'WAIT_TIMEOUT', message }, times, why);
  }
  return undefined;
}

/** An edge that asks for it by name: one that asks for success does not mean this. */
function takesTimeout({ outgoing }: PlanNode): boolean {
  return outgoing.some(({ on }) => on.kind === 'branches' && on.branches.includes('timeout'));
}

/** The output of a step that waited in vain: the same fields, all of them null. Undefined for what does not wait from outside. */
function nothingReceived({ kind }: PlanAction): Json | undefined {
  if (kind === 'wait_for_event') return { event: null };
  return kind === 'wait_for_signal' ? { payload: null, receivedAt: null } : undefined;
}
