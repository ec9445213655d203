import { RESULT_FORMAT, type StepResult, type Task } from '@jetsaga/contracts';

export type ReportedTask = Pick<Task, 'executionId' | 'path' | 'attempt'>;
export type ReportParts = Pick<StepResult, 'outcome' | 'branch' | 'error' | 'progress' | 'worker' | 'startedAt' | 'finishedAt'>;

/** The JSON of a StepResult; an output is passed as the JSON it is already. */
export function stepReport(task: ReportedTask, parts: ReportParts, outputJson?: string): string {
  const { executionId, path, attempt } = task;
  const text = JSON.stringify({ v: RESULT_FORMAT, executionId, path, attempt, ...parts });
  return outputJson === undefined ? text : `${text.slice(0, -1)},"output":${outputJson}}`;
}
