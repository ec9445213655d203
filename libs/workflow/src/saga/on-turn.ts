import type { DispatchRef } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { locateOpenStep } from './locate-step.ts';
import type { IgnoredReason } from './saga-types.ts';
import { sendAsItIs } from './schedule-step.ts';

/** There is room in the queue for a task that was kept back when its step was queued. The step itself does not change by it. */
export function onTurn(draft: Draft, ref: DispatchRef): IgnoredReason | undefined {
  const located = locateOpenStep(draft, ref);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  const isWaiting = step.status === 'QUEUED' && step.dispatch > 0;
  if (!isWaiting || step.attempt !== ref.attempt || step.dispatch !== ref.dispatch) return 'stale_dispatch';
  sendAsItIs(draft, target, step);
  return undefined;
}
