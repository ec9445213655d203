import { parseDuration } from '@jetsaga/contracts';
import { WorkflowTestError } from './workflow-test-error.ts';

/** Milliseconds of a duration. Errors: INVALID_TIME. */
export function durationOf(value: string | number): number {
  const ms = parseDuration(value);
  if (ms === undefined)
    throw new WorkflowTestError('INVALID_TIME', `${value} is no duration: 500ms, 30s, 5m, 2h, 3d, or seconds`);
  return ms;
}

/** Epoch milliseconds of a time. Errors: INVALID_TIME. */
export function timeOf(value: string | Date): number {
  const at = new Date(value).getTime();
  if (Number.isNaN(at)) throw new WorkflowTestError('INVALID_TIME', `${String(value)} is no time: use ISO 8601`);
  return at;
}
