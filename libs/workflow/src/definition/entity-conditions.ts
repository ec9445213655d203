import type { Json } from '@jetsaga/contracts';
import type { Bindings, Expression, Template } from '../expression/expression.ts';
import { evaluateCondition } from '../expression/evaluate-condition.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';
import type { ConditionOperator } from './plan.ts';
import type { EntityChange, EntityConditionDocument } from './trigger-documents.ts';

interface EntityCondition {
  readonly before: Expression;
  readonly after: Expression;
  readonly operator: ConditionOperator;
  readonly value: Template;
  readonly previousValue: Template | null;
}

/** Conditions over the fields of an entity that changed: `event.data` is `{ before, after }`. */
export function compileEntityConditions(
  conditions: readonly EntityConditionDocument[],
  place: (...path: (string | number)[]) => ExpressionPlace,
  sites: ExpressionSites,
): EntityCondition[] {
  return conditions.map(({ field, operator, value, previousValue }, index) => {
    const read = (state: 'before' | 'after') => sites.expression(fieldExpression(state, field), place(index, 'field'));
    return {
      before: read('before'),
      after: read('after'),
      operator,
      value: sites.template(value ?? null, place(index, 'value')),
      previousValue: previousValue === undefined ? null : sites.template(previousValue, place(index, 'previousValue')),
    };
  });
}

/** Dots go down into objects; what is not there is null. */
function fieldExpression(state: 'before' | 'after', field: string): string {
  const path = String(field)
    .split('.')
    .map((level) => `[${JSON.stringify(level)}]`);
  return `default(event.data.${state}${path.join('')}, null)`;
}

const changes: ReadonlySet<ConditionOperator> = new Set(['changed_from', 'changed_to']);

/** True when all conditions hold, and the filter as well. Of an entity that was deleted, what it was is compared. */
export function changeFilter(
  change: EntityChange,
  conditions: readonly EntityCondition[],
  filter: Expression | null,
): Expression {
  const holds = (condition: EntityCondition, bindings: Bindings): boolean => {
    const { operator } = condition;
    const before = condition.before.evaluate(bindings);
    const actual = change === 'deleted' && !changes.has(operator) ? before : condition.after.evaluate(bindings);
    if (!evaluateCondition(operator, actual, condition.value.evaluate(bindings), before)) return false;
    return condition.previousValue === null || evaluateCondition('equals', before, condition.previousValue.evaluate(bindings));
  };
  return {
    source: '',
    references: [],
    evaluate: (bindings): Json =>
      conditions.every((condition) => holds(condition, bindings)) && (filter === null || filter.evaluate(bindings) === true),
  };
}
