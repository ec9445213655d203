import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { bindingsOf, failureOf, optionsOf, templateOf, valueOf, type World } from '../../test/evaluate.ts';
import { compileExpression } from './compile-expression.ts';
import { ClaimCheckNeeded, ExpressionFailure } from './expression.ts';
import { ExpressionSyntaxError } from './expression-syntax-error.ts';

/** Generous: on an idle machine all of these take a tenth of it. */
const mostMs = 5_000;

function timed(work: () => void): void {
  const began = performance.now();
  work();
  expect(performance.now() - began).toBeLessThan(mostMs);
}

const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `name ${id}`, tags: ['a', 'b'] }));
const input = { rows, text: 'ab'.repeat(100_000), pattern: '(a|b){1,400}[cd]', nothing: null };

describe('a bomb is a failure, soon', () => {
  const rowsOften = Array(500).fill('input.rows').join(',');
  it.each([
    'input.rows.map(a, input.rows.map(b, a.id + b.id))',
    'input.rows.all(a, input.rows.all(b, input.rows.all(c, true)))',
    'input.rows.map(a, input.rows)',
    'input.rows.map(a, input.text + input.text).size()',
    'input.rows.map(a, upper(input.text))',
    'input.rows.map(a, json(input.rows))',
    'input.rows.all(a, input.rows == input.rows + [])',
    'input.rows.map(a, a in input.rows)',
    'input.rows.map(a, sha256(input.text))',
    'input.rows.map(a, split(input.text, ""))',
    'input.rows.map(a, split(input.text, "a"))',
    'input.rows.map(a, flatten([input.rows, input.rows])).size()',
    'input.rows.map(a, input.rows.map(b, default(b.missing, 1)))',
    'input.rows.map(a, input.rows.map(b, default(upper(b.missing), 1)))',
    'input.rows.exists(a, input.rows.exists(b, b.missing))',
    'input.rows.map(a, matches(a.name, a.name + "(x{1,50}){1,19}"))',
    'input.rows.all(a, matches(input.text, "(a|b)*a(a|b){200}[cd]"))',
    'matches(input.text, input.pattern)',
    `size(json([${rowsOften}]))`,
    `[${rowsOften}]`,
    `join([${rowsOften}], ",")`,
    `size(flatten([${rowsOften}]))`,
  ])('%.80s', (source) => {
    timed(() =>
      expect(failureOf(source, { input })).toMatchObject({
        code: 'EXPRESSION_FAILED',
        message: expect.stringContaining('steps'),
      }),
    );
  });

  it('also when it is spread over a template', () => {
    timed(() => expect(() => templateOf(Array(10_000).fill('{{ input.rows }}'), { input })).toThrow(/steps/));
    timed(() => expect(() => templateOf(`x${'{{ input.text }}'.repeat(1_000)}`, { input })).toThrow(/steps/));
  });

  it('no default, has or || goes on after it', () => {
    for (const source of [
      'default(input.rows.map(a, input.rows.map(b, 1)), 1)',
      'input.rows.all(a, input.rows.all(b, true)) || true',
    ]) {
      expect(failureOf(source, { input }).message).toContain('steps');
    }
  });

  it('the budget begins anew with each evaluation', () => {
    const expression = compileExpression('input.rows.map(a, a.id)', optionsOf({}));
    const bindings = bindingsOf({ input });
    for (let round = 0; round < 100; round += 1) expression.evaluate(bindings);
  });

  it('honest work on the same data is fine', () => {
    expect(valueOf('size(input.rows.filter(a, a.id % 2 == 0 && "a" in a.tags).map(a, upper(a.name)))', { input })).toBe(10_000);
    expect(valueOf('size(json(input.rows))', { input })).toBe(JSON.stringify(rows).length);
    expect(valueOf('matches(input.text, "^(ab)+$")', { input })).toBe(true);
  });
});

describe('patterns', () => {
  it.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])('%s takes linear time', (pattern) => {
    timed(() =>
      expect(typeof valueOf('matches(input.text, input.pattern)', { input: { text: 'a'.repeat(20_000), pattern } })).toBe(
        'boolean',
      ),
    );
  });

  it.each([
    '(a{1000}){1000}',
    '((((a{100}){100}){100}){100})',
    'a{1000}b{1000}c{1000}',
    'a'.repeat(1_001),
    '(?i)[B-ﻼ]'.repeat(100),
    `${'('.repeat(490)}a${')'.repeat(490)}{9}`,
  ])('%.30s is too large or not one at all', (pattern) =>
    timed(() => expect(failureOf('matches("a", input)', { input: pattern }).code).toBe('EXPRESSION_FAILED')),
  );

  it('cost the same in every evaluation, known or not', () => {
    const source = 'input.all(p, matches("a", p) || true)';
    const few = Array.from({ length: 20 }, (_, index) => `${'x'.repeat(50)}${index}`);
    const many = Array.from({ length: 60 }, (_, index) => `${'x'.repeat(50)}${index}`);
    expect(valueOf(source, { input: few })).toBe(true);
    for (let round = 0; round < 3; round += 1) expect(failureOf(source, { input: many }).message).toContain('steps');
    expect(valueOf(source, { input: few })).toBe(true);
  });
});

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

describe('any expression', () => {
  const leaf = fc.constantFrom(
    ...[
      '1',
      '0',
      '2.5',
      '-1',
      '"a"',
      '""',
      'null',
      'true',
      'false',
      '[]',
      '{}',
      'input',
      'input.a',
      'input.list',
      'input.text',
      'input.n',
      'input.missing.x',
    ],
    ...[
      'item',
      'x',
      'parse.output',
      'parse.branch',
      'nodes["fetch-data"].output',
      'execution',
      '"__proto__"',
      '"2026-01-02"',
      '"yyyy"',
      '"(a+)+"',
      '9007199254740991',
    ],
  );
  const operator = fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||');
  const unary = [
    'size',
    'upper',
    'lower',
    'capitalize',
    'trim',
    'first',
    'last',
    'flatten',
    'keys',
    'values',
    'sum',
    'json',
    'parseJson',
    'string',
    'int',
    'double',
  ];
  const oneArgument = fc.constantFrom(
    ...unary,
    'bool',
    'uuidFrom',
    'sha256',
    'base64',
    'timestamp',
    'duration',
    'has',
    'getHours',
  );
  const twoArguments = fc.constantFrom(
    'default',
    'truncate',
    'join',
    'split',
    'merge',
    'round',
    'currency',
    'formatDate',
    'contains',
    'startsWith',
    'matches',
  );
  const macro = fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one');
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'expression' },
      leaf,
      fc.tuple(tie('expression'), operator, tie('expression')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(oneArgument, tie('expression')).map(([name, a]) => `${name}(${a})`),
      fc.tuple(twoArguments, tie('expression'), tie('expression')).map(([name, a, b]) => `${name}(${a}, ${b})`),
      fc.tuple(tie('expression'), macro, tie('expression')).map(([a, name, b]) => `${a}.${name}(x, ${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a}[${b}]`),
      fc
        .tuple(tie('expression'), fc.constantFrom('a', 'output', 'toString', 'length', '__proto__'))
        .map(([a, name]) => `${a}.${name}`),
      fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{${a}: ${b}}`),
      tie('expression').map((a) => `!${a}`),
      tie('expression').map((a) => `-${a}`),
    ),
  }));
  const claim: Json = { $ref: 'blob:x', size: 1, mediaType: 'application/json' };
  const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>, fc.constant(claim));
  const anyInput = fc
    .record({ a: json, list: fc.array(json, { maxLength: 4 }), text: fc.string(), n: fc.oneof(fc.integer(), fc.double()) })
    .map((record) => JSON.parse(JSON.stringify(record)) as { [key: string]: Json } & { a: Json });

  function outcome(source: string, world: World): unknown {
    try {
      return valueOf(source, world);
    } catch (error) {
      const ours =
        error instanceof ExpressionFailure || error instanceof ExpressionSyntaxError || error instanceof ClaimCheckNeeded;
      if (!ours) throw error;
      return error;
    }
  }

  it('gives plain JSON or one of our errors, and the same again', () => {
    let values = 0;
    fc.assert(
      fc.property(expression, anyInput, (source, given) => {
        const world: World = {
          input: given,
          nodes: { parse: { output: given.a }, 'fetch-data': {} },
          locals: { item: given.a, x: 1 },
          execution: { id: 'e' },
        };
        const result = outcome(source, world);
        if (result instanceof Error) {
          if (result instanceof ExpressionFailure) expect(result.expression).toBe(source);
          expect(outcome(source, world)).toEqual(result);
          return;
        }
        values += 1;
        expect(isPlainJson(result)).toBe(true);
        expect(outcome(source, world)).toEqual(result);
      }),
      { numRuns: 3_000 },
    );
    expect(values).toBeGreaterThan(300);
  });

  it('of any characters is compiled or refused', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(
        'input',
        '.',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        ' in ',
        '"',
        "'",
        '?',
        ':',
        ',',
        '0x',
        '1e',
        '\\',
        '//',
        'b"',
        'map(x,',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => void outcome(pieces.join(''), { input: {} })),
      { numRuns: 3_000 },
    );
  });
});

describe('a path', () => {
  /** What a path means, without a compiler. */
  function walk(value: Json | undefined, keys: readonly string[]): Json | undefined {
    for (const key of keys) {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
      value = value[key];
    }
    return value;
  }

  it('means the same however it is written', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'toString');
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json[]>(null, 1, 'x', []),
        fc.dictionary(key, tie('tree')) as fc.Arbitrary<Json>,
      ),
    }));
    fc.assert(
      fc.property(tree, fc.array(key, { minLength: 1, maxLength: 4 }), (output, keys) => {
        const world: World = { input: { keys }, nodes: { parse: { output } }, locals: { item: output } };
        const expected = walk(output, keys) ?? 'absent';
        const dots = keys.map((one) => `.${one}`).join('');
        const quotes = keys.map((one) => `["${one}"]`).join('');
        const computed = keys.map((_, index) => `[input.keys[${index}]]`).join('');
        for (const root of ['parse.output', 'nodes["parse"].output', 'item', '[item][0]', 'default(null, item)']) {
          for (const path of [dots, quotes, computed]) {
            expect(valueOf(`default(${root}${path}, "absent")`, world)).toEqual(expected);
            expect(valueOf(`has(${root}${path})`, world)).toBe(walk(output, keys) !== undefined);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isPlainJson);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlainJson);
}
