import { parseStepPath, type Actor, type StepRecord } from '@jetsaga/contracts';
import type { Draft } from '../draft.ts';
import type { IgnoredReason } from '../saga-types.ts';
import { scopeAt, stepView } from '../scope-view.ts';

/** An operator's word on an undo that failed. */
interface Verdict {
  readonly path: string;
  readonly reason?: string | undefined;
}

/** It is tried again, with a fresh set of attempts and another idempotency key, in its turn. */
export function retryCompensation(draft: Draft, { path, reason }: Verdict, by: Actor): IgnoredReason | undefined {
  const step = failedUndo(draft, path);
  if (!step) return 'wrong_state';
  draft.happened('command.retry_compensation', { step, by, data: { path, ...(reason !== undefined && { reason }) } });
  const status = step.undo?.unknown ? 'CANCELLED' : 'COMPLETED';
  draft.put({ ...step, status, generation: step.generation + 1, error: undefined });
  return undefined;
}

/** It is left as it is: somebody answers for it. */
export function waiveCompensation(draft: Draft, { path, reason = '' }: Verdict, by: Actor): IgnoredReason | undefined {
  const step = failedUndo(draft, path);
  if (!step) return 'wrong_state';
  draft.happened('command.waive_compensation', { step, by, data: { path, reason } });
  draft.put({ ...step, undo: { ...step.undo, waived: { by, reason } } });
  return undefined;
}

function failedUndo(draft: Draft, path: string): StepRecord | undefined {
  const { scope, node } = parseStepPath(path);
  const view = scopeAt(draft.plan, scope);
  const target = view && stepView(view, node);
  const step = target && draft.step(target.path);
  const isFailed = draft.execution.status === 'COMPENSATING' && step?.status === 'COMPENSATION_FAILED' && !step.undo?.waived;
  return isFailed ? step : undefined;
}
