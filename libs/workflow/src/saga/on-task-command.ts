import { RESULT_FORMAT, stepPath, type CommandRecord, type StepResult } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { onResult } from './on-result.ts';
import type { IgnoredReason } from './saga-types.ts';
import { locateOpenStep } from './locate-step.ts';

/**
 * A step is completed or failed by its token. That counts like a worker's result for the same attempt, whether the worker's own report, that it
 * defers the step, has come by now or not.
 */
export function onTaskCommand(draft: Draft, { body, by, at }: CommandRecord): IgnoredReason | undefined {
  if (body.kind !== 'complete_task' && body.kind !== 'fail_task') return 'wrong_state';
  const located = locateOpenStep(draft, body.path);
  if ('ignored' in located) return located.ignored;
  const { step } = located;
  const reported = {
    v: RESULT_FORMAT,
    executionId: step.executionId,
    path: stepPath(step.scope, step.node),
    attempt: body.attempt,
    worker: step.worker ?? by,
    startedAt: step.startedAt ?? at,
    finishedAt: at,
  } as const;
  const result: StepResult =
    body.kind === 'complete_task'
      ? { ...reported, outcome: 'completed', output: body.output, ...(body.branch !== undefined && { branch: body.branch }) }
      : { ...reported, outcome: 'failed', error: { ...body.error, retryable: body.retryable } };
  draft.happened(`command.${body.kind}`, { step, by });
  return onResult(draft, result);
}
