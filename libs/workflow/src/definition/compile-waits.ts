import type { Json } from '@jetsaga/contracts';
import type { ExpressionSites, PlaceOf } from './expression-sites.ts';
import { eventInterest } from './event-key.ts';
import type { PlanAction } from './plan.ts';
import { isObject } from './subschemas.ts';

/** The condition sees the payload as `signal`; nothing else does. */
export function compileWaitForSignal(config: Json, place: PlaceOf, sites: ExpressionSites): PlanAction {
  const { condition, ...rest } = isObject(config) ? config : {};
  return {
    kind: 'wait_for_signal',
    condition: typeof condition === 'string' ? sites.expression(condition, { ...place('condition'), locals: ['signal'] }) : null,
    config: sites.template(rest, place()),
  };
}

/** The filter sees the CloudEvent as `event`; nothing else does. */
export function compileWaitForEvent(config: Json, place: PlaceOf, sites: ExpressionSites): PlanAction {
  const { filter, ...rest } = isObject(config) ? config : {};
  return {
    kind: 'wait_for_event',
    filter: typeof filter === 'string' ? sites.expression(filter, { ...place('filter'), locals: ['event'] }) : null,
    config: sites.template(rest, place()),
    interest: eventInterest(rest),
  };
}
