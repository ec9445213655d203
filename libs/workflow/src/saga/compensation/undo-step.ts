import { undoIdempotencyKey, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import { bindingsFor, evaluated } from '../bindings.ts';
import { emittedBy } from '../control-node.ts';
import type { Draft } from '../draft.ts';
import type { StepView } from '../scope-view.ts';
import { errorJson } from '../settle-step.ts';

/*
 * The undo of one step. The step's record keeps what it did; `attempt` counts on, so that reports of the work and of its undo cannot be
 * confused. While it is COMPENSATING, its task is out when `dispatch` is more than 0, and waits for another attempt when it is 0.
 */

/** Begins to undo a step: sends the task, or decides a control node right here. */
export function beginUndo(draft: Draft, target: StepView, step: StepRecord): void {
  const { unknown } = step.undo ?? {};
  const undoing: StepRecord = {
    ...step,
    status: 'COMPENSATING',
    attempt: step.attempt + 1,
    dispatch: 1,
    waitingFor: null,
    undo: { ...step.undo, after: step.attempt },
  };
  const { handler, queue } = undoOf(target);
  draft.happened('step.compensating', { step: undoing, data: { handler, ...(unknown && { outcome: 'unknown' }) } });
  if (queue === null) undoHere(draft, target, undoing);
  else sendUndo(draft, target, undoing);
}

/** Sends the task of an undo's attempt. One whose configuration cannot be made fails the undo. */
export function sendUndo(draft: Draft, target: StepView, step: StepRecord): void {
  const { handler, queue, config: template } = undoOf(target);
  const bindings = bindingsFor(draft, target.view);
  const resolved = evaluated(target.path, () => ({
    config: template.evaluate(bindings),
    secrets: template.secretSlots(bindings).map(({ pointer, parts }) => ({ pointer, parts: [...parts] })),
  }));
  if (!resolved.ok) {
    failUndo(draft, target, step, resolved.error, 'its configuration cannot be resolved');
    return;
  }
  const { config, secrets } = resolved.value;
  draft.put(step);
  draft.dispatchUndo(step, { handler, queue: queue ?? '', config, outcomeUnknown: step.undo?.unknown === true }, secrets);
}

export function completeUndo(draft: Draft, step: StepRecord, data: { readonly [key: string]: Json } = {}): void {
  draft.happened('step.compensated', { step, data });
  draft.put({ ...step, status: 'COMPENSATED', waitingFor: null });
}

/** For good, until an operator says otherwise. */
export function failUndo(draft: Draft, { path }: StepView, step: StepRecord, cause: ErrorShape, why: string): void {
  const error: ErrorShape = { ...cause, path };
  draft.happened('step.compensation_failed', { step, data: { error: errorJson(error), why } });
  draft.put({ ...step, status: 'COMPENSATION_FAILED', error, waitingFor: null });
}

export function undoOf({ node, path }: StepView): NonNullable<StepView['node']['compensate']> {
  if (!node.compensate) throw new Error(`${path} is being undone, but its definition says not how`);
  return node.compensate;
}

function undoHere(draft: Draft, target: StepView, step: StepRecord): void {
  const { config } = undoOf(target);
  const { id: executionId } = draft.execution;
  const id = undoIdempotencyKey(executionId, target.path, step.generation);
  const verdict = evaluated(target.path, () => emittedBy(config.evaluate(bindingsFor(draft, target.view)), id));
  if (!verdict.ok) {
    failUndo(draft, target, step, verdict.error, 'it cannot be decided');
  } else if (verdict.value.kind === 'failed') {
    failUndo(draft, target, step, verdict.value.error, 'it cannot be decided');
  } else {
    draft.cause({ kind: 'emit_event', ...verdict.value.event, at: draft.moment.at });
    completeUndo(draft, step, { event: verdict.value.event.id });
  }
}
