import type { Json, JsonObject } from '@jetsaga/contracts';
import type { PlanWaits } from './plan.ts';
import { isObject } from './subschemas.ts';

/** Finds what the steps of a definition may wait for, in whatever scope they are. */
export function planWaits(document: Json): PlanWaits {
  const dag = isObject(document) ? document.dag : undefined;
  const nodes = isObject(dag) ? nodesWithin(dag) : [];
  return { signals: nodes.some(({ handler }) => handler === 'wait_for_signal') };
}

/** The nodes of a scope and of all scopes inside it. */
function nodesWithin(scope: JsonObject): JsonObject[] {
  if (!Array.isArray(scope.nodes)) return [];
  return scope.nodes.filter(isObject).flatMap((node) => [node, ...nodesWithin(node)]);
}
