import type { Json } from '@jetsaga/contracts';
import type { ConditionOperator } from '../definition/plan.ts';

/**
 * A comparison as `evaluate_condition` and triggers on entity changes have it. Never throws: values that cannot be
 * compared do not match. `field` is undefined where there is none, which is null to all operators.
 *
 * `changed_from`: the field was `value` and is no longer; `changed_to`: it is `value` and was not. `previous` is what it was.
 */
export function evaluateCondition(operator: ConditionOperator, field: Json | undefined, value: Json, previous?: Json): boolean {
  const actual = field ?? null;
  const before = previous ?? null;
  switch (operator) {
    case 'equals':
      return sameJson(actual, value);
    case 'not_equals':
      return !sameJson(actual, value);
    case 'greater_than':
      return isBefore(value, actual);
    case 'less_than':
      return isBefore(actual, value);
    case 'contains':
      return contains(actual, value);
    case 'in':
      return Array.isArray(value) && value.some((item) => sameJson(actual, item));
    case 'is_null':
      return actual === null;
    case 'is_not_null':
      return actual !== null;
    case 'changed_from':
      return sameJson(before, value) && !sameJson(actual, value);
    case 'changed_to':
      return sameJson(actual, value) && !sameJson(before, value);
  }
}

/** Of two numbers, or of two texts, as ISO dates are. */
function isBefore(left: Json, right: Json): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && left < right;
}

/** A part of a text, an element of a list. */
function contains(holder: Json, part: Json): boolean {
  if (typeof holder === 'string') return typeof part === 'string' && holder.includes(part);
  return Array.isArray(holder) && holder.some((item) => sameJson(item, part));
}

function sameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => sameJson(item, right[index]!));
  }
  if (Array.isArray(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key]!, right[key]!))
  );
}
