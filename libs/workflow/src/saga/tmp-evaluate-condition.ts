import type { Json } from '@jetsaga/contracts';
import type { ConditionOperator } from '../definition/plan.ts';

export function evaluateCondition(operator: ConditionOperator, field: Json, value: Json, previous: Json = null): boolean {
  const equal = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);
  switch (operator) {
    case 'equals':
      return equal(field, value);
    case 'not_equals':
      return !equal(field, value);
    case 'greater_than':
      return typeof field === typeof value && field !== null && value !== null && field > value;
    case 'less_than':
      return typeof field === typeof value && field !== null && value !== null && field < value;
    case 'contains':
      return typeof field === 'string'
        ? field.includes(String(value))
        : Array.isArray(field) && field.some((one) => equal(one, value));
    case 'in':
      return Array.isArray(value) && value.some((one) => equal(one, field));
    case 'is_null':
      return field === null;
    case 'is_not_null':
      return field !== null;
    case 'changed_from':
      return equal(previous, value) && !equal(field, value);
    case 'changed_to':
      return equal(field, value) && !equal(previous, value);
  }
}
