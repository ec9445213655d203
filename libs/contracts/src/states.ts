export const executionStatuses = [
  'PENDING',
  'RUNNING',
  'PAUSED',
  'COMPENSATING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export type TerminalExecutionStatus = Extract<ExecutionStatus, 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT'>;

export const stepStatuses = [
  'PENDING',
  'QUEUED',
  'RUNNING',
  'RETRYING',
  'WAITING',
  'COMPLETED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'COMPENSATING',
  'COMPENSATED',
  'COMPENSATION_FAILED',
] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** A terminal execution does not change any more, except by an operator's explicit command. */
export function isTerminalExecution(status: ExecutionStatus): status is TerminalExecutionStatus {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED' || status === 'TIMED_OUT';
}

/** A settled step lets the edges that lead away from it be judged. */
export function isSettledStep(status: StepStatus): boolean {
  switch (status) {
    case 'COMPLETED':
    case 'FAILED':
    case 'SKIPPED':
    case 'CANCELLED':
    case 'COMPENSATING':
    case 'COMPENSATED':
    case 'COMPENSATION_FAILED':
      return true;
    case 'PENDING':
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'WAITING':
      return false;
  }
}
