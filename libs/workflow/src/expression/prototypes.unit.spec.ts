import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { bindingsOf, failureOf, valueOf, type World } from '../../test/evaluate.ts';
import { compileExpression } from './compile-expression.ts';
import { ExpressionFailure } from './expression.ts';
import { ExpressionSyntaxError } from './expression-syntax-error.ts';

describe('prototypes', () => {
  const data = JSON.parse('{"__proto__": {"polluted": true}, "own": {"constructor": "mine"}, "list": [], "text": "x"}') as Json;
  const world: World = { input: data, nodes: { parse: { output: data } }, locals: { item: data } };
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'length'];
  const holders = [
    'input',
    'input.list',
    'input.text',
    'input.own.x',
    'parse.output',
    'item',
    'execution',
    '{}',
    '[1]',
    '"x"',
    'timestamp(0)',
  ];

  it.each(names.flatMap((name) => holders.map((holder) => `${holder}["${name}"]`)))('%s is not there', (source) => {
    expect(failureOf(source, world).code).toBe('UNRESOLVED_REFERENCE');
    expect(valueOf(`has(${source})`, world)).toBe(false);
    expect(valueOf(`"${source.includes('__proto__') ? '__proto__' : 'toString'}" in {"a": ${1}}`, world)).toBe(false);
  });

  it('an own member of such a name is data', () => {
    expect(valueOf('input.own.constructor', world)).toBe('mine');
  });

  it.each([
    '{"__proto__": {"polluted": true}}',
    'merge(input, {"__proto__": {"polluted": true}})',
    '[{"__proto__": {"polluted": true}}][0]',
  ])('%s sets none', (source) => {
    const value = valueOf(source, world) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('names of steps and locals are looked up as such', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(() => valueOf(name, world)).toThrow(ExpressionSyntaxError);
      expect(() => valueOf(`nodes["${name}"].output`, world)).toThrow(ExpressionSyntaxError);
      expect(() => valueOf(`${name}()`, world)).toThrow(ExpressionSyntaxError);
      expect(
        compileExpression(name, { nodeIds: new Set(), locals: [name], secrets: 'refused' }).evaluate.bind(null, bindingsOf({})),
      ).toThrow(ExpressionFailure);
    }
  });
});
