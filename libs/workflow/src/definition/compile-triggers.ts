import type { Template } from '../expression/expression.ts';
import type { TriggerDocument } from './definition-document.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';
import { jsonPointer } from './json-pointer.ts';
import type { PlanTrigger } from './plan.ts';
import { valueCheck } from './value-schema.ts';

/** It is evaluated before anything has run: it sees the input, or the event. */
export function compileIdempotencyKey(template: string, sites: ExpressionSites): Template {
  return sites.template(template, { pointer: '/idempotencyKey', reader: 'start', locals: ['event'], missing: ['execution'] });
}

/** The expressions of a trigger see its event. */
export function compileTriggerExpressions(
  { filter, input }: Pick<Partial<TriggerDocument>, 'filter' | 'input'>,
  pointer: string,
  sites: ExpressionSites,
): Pick<PlanTrigger, 'filter' | 'input'> {
  const place = (field: string): ExpressionPlace => ({
    pointer: jsonPointer(pointer, field),
    reader: 'start',
    locals: ['event'],
    missing: ['input', 'execution'],
  });
  return {
    filter: filter === undefined ? null : sites.expression(filter, place('filter')),
    input: input === undefined ? null : sites.template(input, place('input')),
  };
}

/** A trigger as the coordinator needs it. Throws when its schema does not compile. */
export function compileTrigger(trigger: TriggerDocument, pointer: string, sites: ExpressionSites): PlanTrigger {
  return {
    event: trigger.event,
    ...compileTriggerExpressions(trigger, pointer, sites),
    check: trigger.schema === undefined ? () => [] : valueCheck(trigger.schema),
  };
}
