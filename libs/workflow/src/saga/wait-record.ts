import type { JsonObject, StepRecord, WaitRecord } from '@jetsaga/contracts';
import { keyOfWait } from '../definition/event-key.ts';
import type { Plan } from '../definition/plan.ts';
import { isObject } from '../definition/subschemas.ts';
import { scopeAt } from './scope-view.ts';

/**
 * What has to find this step while it waits, if anything does: it is on record from the transaction in which the step begins to wait to the
 * one in which it no longer does.
 */
export function waitOf(plan: Plan, step: StepRecord, since: number): WaitRecord | undefined {
  if (step.status !== 'WAITING') return undefined;
  const { executionId, scope, node, queue, handler } = step;
  const key = { executionId, scope, node, since };
  if (queue !== null) return { ...key, kind: 'task', name: handler };
  const config = isObject(step.config) ? step.config : {};
  if (handler === 'wait_for_signal') return { ...key, kind: 'signal', name: String(config.name) };
  const action = scopeAt(plan, scope)?.scope.nodes.get(node)?.action;
  if (action?.kind !== 'wait_for_event') return undefined;
  const match: JsonObject = isObject(config.match) ? config.match : {};
  return { ...key, kind: 'event', name: String(config.event), key: keyOfWait(action.interest, match) };
}
