import { isSettledStep, parseStepPath, type StepAddress, type StepRecord } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import { scopeAt, stepView, type StepView } from './scope-view.ts';

/** An open step that a message is about, or why there is none. */
export type Located = { readonly target: StepView; readonly step: StepRecord } | { readonly ignored: IgnoredReason };

export function locateOpenStep(draft: Draft, address: string | StepAddress): Located {
  const { scope, node } = typeof address === 'string' ? parseStepPath(address) : address;
  const view = scopeAt(draft.plan, scope);
  const target = view && stepView(view, node);
  if (!target) return { ignored: 'unknown_step' };
  const step = draft.step(target.path);
  if (!step || step.status === 'PENDING') return { ignored: 'not_open' };
  return isSettledStep(step.status) ? { ignored: 'step_settled' } : { target, step };
}

/** Why a message about this attempt does not concern the step's open attempt; undefined when it does. */
export function notTheOpenAttempt(step: StepRecord, attempt: number): IgnoredReason | undefined {
  if (attempt > step.attempt) return 'not_open';
  return attempt < step.attempt || step.status === 'RETRYING' ? 'attempt_over' : undefined;
}
