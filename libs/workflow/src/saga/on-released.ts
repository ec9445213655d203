import type { HeldTaskRef } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { locateOpenStep } from './locate-step.ts';
import { isHeldStep } from './rate-limit.ts';
import type { IgnoredReason } from './saga-types.ts';
import { dispatchAgain } from './schedule-step.ts';

/** The rate limit lets the task go. */
export function onReleased(draft: Draft, task: HeldTaskRef): IgnoredReason | undefined {
  const located = locateOpenStep(draft, task);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  if (!isHeldStep(step) || step.attempt !== task.attempt) return 'stale_dispatch';
  const sent = { ...step, dispatch: 1, waitingFor: null };
  draft.happened('step.released', { step: sent });
  dispatchAgain(draft, target, sent);
  return undefined;
}
