import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { conditionOperators } from '../definition/control-config.ts';
import type { ConditionOperator } from '../definition/plan.ts';
import { evaluateCondition } from './evaluate-condition.ts';

describe('a condition', () => {
  it.each<[ConditionOperator, Json | undefined, Json, boolean, Json?]>([
    ['equals', 1, 1.0, true],
    ['equals', { a: [1], b: null }, { b: null, a: [1] }, true],
    ['equals', { a: 1 }, { a: 1, b: 2 }, false],
    ['equals', [1, 2], [2, 1], false],
    ['equals', [], {}, false],
    ['equals', '1', 1, false],
    ['equals', undefined, null, true],
    ['equals', { a: undefined as unknown as Json }, { b: 1 }, false],
    ['not_equals', 'a', 'b', true],
    ['not_equals', [1], [1], false],
    ['greater_than', 2, 1, true],
    ['greater_than', 1, 1, false],
    ['greater_than', '2026-02-01', '2026-01-31', true],
    ['greater_than', '2', 1, false],
    ['greater_than', null, 0, false],
    ['greater_than', true, false, false],
    ['less_than', 1, 2, true],
    ['less_than', undefined, 2, false],
    ['less_than', 'a', 'b', true],
    ['contains', 'abc', 'b', true],
    ['contains', 'abc', 1, false],
    ['contains', [1, { a: 1 }], { a: 1 }, true],
    ['contains', { a: 1 }, 'a', false],
    ['contains', undefined, 'a', false],
    ['in', 'a', ['a', 'b'], true],
    ['in', { x: 1 }, [{ x: 1 }], true],
    ['in', 'a', 'abc', false],
    ['is_null', undefined, null, true],
    ['is_null', null, 'ignored', true],
    ['is_null', 0, null, false],
    ['is_not_null', '', null, true],
    ['is_not_null', undefined, null, false],
    ['changed_from', 'paid', 'open', true, 'open'],
    ['changed_from', 'open', 'open', false, 'open'],
    ['changed_from', 'paid', 'open', false, 'new'],
    ['changed_from', 'paid', 'open', false],
    ['changed_from', undefined, 'open', true, 'open'],
    ['changed_to', 'paid', 'paid', true, 'open'],
    ['changed_to', 'paid', 'paid', false, 'paid'],
    ['changed_to', 'paid', 'paid', true],
    ['changed_to', 'open', 'paid', false, 'new'],
  ])('%s %j %j is %s', (...[operator, field, value, expected, previous]) => {
    expect(evaluateCondition(operator, field, value, previous)).toBe(expected);
  });

  it('is true or false for any values, and not_equals is the opposite of equals', () => {
    const json = fc.jsonValue() as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(fc.constantFrom(...conditionOperators), json, json, json, (operator, field, value, previous) => {
        expect(typeof evaluateCondition(operator, field, value, previous)).toBe('boolean');
        expect(evaluateCondition('not_equals', field, value)).toBe(!evaluateCondition('equals', field, value));
        expect(evaluateCondition('equals', field, structuredClone(field))).toBe(true);
      }),
    );
  });
});
