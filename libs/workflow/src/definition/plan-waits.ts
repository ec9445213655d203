import type { Json, JsonObject } from '@jetsaga/contracts';
import { eventInterest } from './event-key.ts';
import type { PlanWaits } from './plan.ts';
import { isObject } from './subschemas.ts';

/** Finds what the steps of a definition may wait for, in whatever scope they are. */
export function planWaits(document: Json): PlanWaits {
  const dag = isObject(document) ? document.dag : undefined;
  const nodes = isObject(dag) ? nodesWithin(dag) : [];
  const events = nodes
    .filter(({ handler }) => handler === 'wait_for_event')
    .map(({ config }) => eventInterest(isObject(config) ? config : {}));
  return {
    signals: nodes.some(({ handler }) => handler === 'wait_for_signal'),
    events: [...new Map(events.map((interest) => [`${interest.pattern} ${interest.paths}`, interest])).values()],
  };
}

/** The nodes of a scope and of all scopes inside it. */
function nodesWithin(scope: JsonObject): JsonObject[] {
  if (!Array.isArray(scope.nodes)) return [];
  return scope.nodes.filter(isObject).flatMap((node) => [node, ...nodesWithin(node)]);
}
