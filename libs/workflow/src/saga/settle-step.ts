import { type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import { bindingsFor, evaluated } from './bindings.ts';
import type { Draft } from './draft.ts';
import type { StepView } from './scope-view.ts';
import { isHeldStep } from './rate-limit.ts';
import { clearStepTimers } from './step-timers.ts';

/** When and by whom the work was done, as the worker reported it. */
export interface WorkTimes {
  readonly startedAt: number | null;
  readonly finishedAt: number;
  readonly worker: string | null;
}

export interface Completion {
  readonly result: Json;
  readonly branch: string | null;
  readonly times: WorkTimes;
  /** More for the history: why it ran, what it used. */
  readonly data?: { readonly [key: string]: Json };
}

/** Completes a step with the handler's result, reshaped by the node's `output`; a template that fails makes it FAILED. */
export function completeStep(draft: Draft, target: StepView, step: StepRecord, completion: Completion): void {
  const { view, node, path } = target;
  const { result, branch, times, data } = completion;
  const { output: template } = node;
  const output = template
    ? evaluated(path, () => template.evaluate(bindingsFor(draft, view, { result })))
    : ({ ok: true, value: result } as const);
  if (!output.ok) {
    failStep(draft, target, step, output.error, times, 'its output cannot be made from the result');
    return;
  }
  clearStepTimers(draft, node, step);
  settleCompleted(draft, step, { output: output.value, branch, error: undefined, times, data });
}

/** Fails a step for good. With `onError: continue` it completes instead, with branch `error` and the error as output. */
export function failStep(
  draft: Draft,
  { node, path }: StepView,
  step: StepRecord,
  cause: ErrorShape,
  times: WorkTimes,
  why: string,
): void {
  const error: ErrorShape = { ...cause, path };
  clearStepTimers(draft, node, step);
  if (node.onError === 'continue' && node.action.kind !== 'fail') {
    const output = errorJson(error);
    settleCompleted(draft, step, {
      output,
      branch: 'error',
      error,
      times,
      data: { why: 'its error is taken as its outcome', error: output },
    });
    return;
  }
  const settledSeq = draft.happened('step.failed', {
    step,
    data: { error: errorJson(error), why },
    notice: 'step.failed',
    noticeData: { error: errorJson(error) },
  });
  draft.put({ ...step, ...times, status: 'FAILED', error, waitingFor: null, settledSeq });
}

export function skipStep(draft: Draft, step: StepRecord, why: string): void {
  const settledSeq = draft.happened('step.skipped', { step, data: { why } });
  draft.put({ ...step, status: 'SKIPPED', finishedAt: draft.moment.at, settledSeq });
}

/** Takes a step off the books: one that is open, or one that never started. Its task, if there is one, is withdrawn. */
export function cancelStep(draft: Draft, { node }: StepView, step: StepRecord, why: string): void {
  withdrawTask(draft, step, why);
  clearStepTimers(draft, node, step);
  const settledSeq = draft.happened('step.cancelled', { step, data: { why } });
  draft.put({ ...step, status: 'CANCELLED', finishedAt: draft.moment.at, waitingFor: null, settledSeq });
}

/** Takes back the task of the open attempt, wherever it is: in the queue, with a worker, or deferred by one. */
export function withdrawTask(draft: Draft, step: StepRecord, why: string): void {
  const isOut = step.status === 'QUEUED' || step.status === 'RUNNING' || step.status === 'WAITING';
  if (isOut && step.queue !== null && !isHeldStep(step)) draft.withdraw(step, why);
}

export function errorJson({ code, message, details, path }: ErrorShape): Json {
  return { code, message, ...(details !== undefined && { details }), ...(path !== undefined && { path }) };
}

interface Outcome {
  readonly output: Json;
  readonly branch: string | null;
  readonly error: ErrorShape | undefined;
  readonly times: WorkTimes;
  readonly data: Completion['data'];
}

function settleCompleted(draft: Draft, step: StepRecord, { output, branch, error, times, data }: Outcome): void {
  const settledSeq = draft.happened('step.completed', {
    step,
    data: { ...data, ...(branch !== null && { branch }) },
    notice: 'step.completed',
    noticeData: branch === null ? undefined : { branch },
  });
  draft.put({ ...step, ...times, status: 'COMPLETED', output, branch, error, waitingFor: null, settledSeq });
}
