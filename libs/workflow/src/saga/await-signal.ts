import type { SignalRecord, StepRecord } from '@jetsaga/contracts';
import { beginWait } from './begin-wait.ts';
import { bindingsFor, evaluated } from './bindings.ts';
import type { Draft } from './draft.ts';
import type { StepView } from './scope-view.ts';
import { completeStep } from './settle-step.ts';
import type { SignalWait } from './signal-wait.ts';

/** A step begins to wait for a signal: it takes the oldest one kept that meets its terms, else it waits. */
export function awaitSignal(draft: Draft, target: StepView, step: StepRecord, wait: SignalWait, why: string): void {
  const kept = draft.signals.find((signal) => signal.name === wait.name && meetsCondition(draft, target, signal));
  if (kept) {
    draft.takeSignal(kept);
    receiveSignal(draft, target, step, kept, 'the signal had come before');
    return;
  }
  beginWait(draft, target, step, { waitingFor: `the signal ${wait.name}`, timeoutMs: wait.timeoutMs, why });
}

/**
 * Whether the signal is one that the step may take. A condition that cannot be evaluated for this payload is not met by it: whoever sends
 * signals must not be able to fail the step.
 */
export function meetsCondition(draft: Draft, { node, view, path }: StepView, { payload }: SignalRecord): boolean {
  if (node.action.kind !== 'wait_for_signal') return false;
  const { condition } = node.action;
  if (condition === null) return true;
  const met = evaluated(path, () => condition.evaluate(bindingsFor(draft, view, { signal: payload })));
  return met.ok && met.value === true;
}

export function receiveSignal(
  draft: Draft,
  target: StepView,
  step: StepRecord,
  { id, payload, receivedAt }: SignalRecord,
  why: string,
): void {
  completeStep(draft, target, step, {
    result: { payload, receivedAt: new Date(receivedAt).toISOString() },
    branch: 'received',
    times: { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null },
    data: { why, signal: id },
  });
}
