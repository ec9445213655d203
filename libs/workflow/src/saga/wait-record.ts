import type { StepRecord, WaitRecord } from '@jetsaga/contracts';

/**
 * What has to find this step while it waits, if anything does: it is on record from the transaction in which the step begins to wait to the
 * one in which it no longer does.
 */
export function waitOf(step: StepRecord): Omit<WaitRecord, 'since'> | undefined {
  if (step.status !== 'WAITING') return undefined;
  const { executionId, scope, node, queue, handler, config } = step;
  const key = { executionId, scope, node };
  if (queue !== null) return { ...key, kind: 'task', name: handler };
  if (handler !== 'wait_for_signal') return undefined;
  return { ...key, kind: 'signal', name: String((config as { name?: unknown } | undefined)?.name) };
}
