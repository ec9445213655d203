import type { TaskStart } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { locateOpenStep, notTheOpenAttempt } from './locate-step.ts';
import { reportedTime } from './reported-time.ts';
import type { IgnoredReason } from './saga-types.ts';
import { clearStepTimer } from './step-timers.ts';

/** A worker has taken the task. */
export function onStarted(draft: Draft, start: TaskStart): IgnoredReason | undefined {
  const located = locateOpenStep(draft, start.path);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  const stale = notTheOpenAttempt(step, start.attempt);
  if (stale) return stale;
  if (step.status === 'RUNNING') return 'already_running';
  if (step.status !== 'QUEUED') return 'wrong_state';
  if (target.node.queueTimeoutMs !== null) clearStepTimer(draft, step, 'queue_timeout');
  const { worker } = start;
  draft.happened('step.running', { step, data: { worker }, notice: 'step.running', noticeData: { worker } });
  draft.put({ ...step, status: 'RUNNING', startedAt: reportedTime(draft, start.at), worker });
  return undefined;
}
