import { styleText } from 'node:util';
import type { ExecutionStatus, StepStatus } from '@jetsaga/contracts';

type Format = Parameters<typeof styleText>[0];

const formats: Record<ExecutionStatus | StepStatus, Format> = {
  PENDING: 'gray',
  QUEUED: 'cyan',
  RUNNING: 'blue',
  RETRYING: 'yellow',
  WAITING: 'yellow',
  PAUSED: 'yellow',
  COMPLETED: 'green',
  FAILED: 'red',
  SKIPPED: 'gray',
  CANCELLED: 'magenta',
  TIMED_OUT: 'red',
  COMPENSATING: 'yellow',
  COMPENSATED: 'magenta',
  COMPENSATION_FAILED: 'red',
};

const symbols: Record<ExecutionStatus | StepStatus, string> = {
  PENDING: '·',
  QUEUED: '◌',
  RUNNING: '▶',
  RETRYING: '↻',
  WAITING: '◔',
  PAUSED: '⏸',
  COMPLETED: '✔',
  FAILED: '✖',
  SKIPPED: '↷',
  CANCELLED: '⊘',
  TIMED_OUT: '⌛',
  COMPENSATING: '↶',
  COMPENSATED: '↶',
  COMPENSATION_FAILED: '✖',
};

/** Text in the colour of a status; plain where the output is no terminal. */
export function inStatusColour(status: ExecutionStatus | StepStatus, text: string): string {
  return styleText(formats[status], text, { stream: process.stdout });
}

export function statusLabel(status: ExecutionStatus | StepStatus): string {
  return inStatusColour(status, `${symbols[status]} ${status}`);
}

export function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}
