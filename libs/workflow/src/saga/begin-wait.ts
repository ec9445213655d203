import type { StepRecord } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import type { StepView } from './scope-view.ts';
import { setDeadline, setStepTimer } from './step-timers.ts';

export interface WaitTerms {
  /** What for, in words. */
  readonly waitingFor: string;
  readonly timeoutMs: number | null;
  readonly why: string;
}

/** Leaves a control node WAITING for something from outside, until its timeout or deadline. */
export function beginWait(draft: Draft, target: StepView, step: StepRecord, { waitingFor, timeoutMs, why }: WaitTerms): void {
  const waiting: StepRecord = { ...step, status: 'WAITING', waitingFor };
  draft.happened('step.waiting', {
    step: waiting,
    data: { why, waitingFor },
    notice: 'step.waiting',
    noticeData: { waitingFor },
  });
  draft.put(waiting);
  if (timeoutMs !== null) setStepTimer(draft, waiting, 'wait_timeout', draft.moment.at + timeoutMs);
  setDeadline(draft, target.node, waiting);
}
