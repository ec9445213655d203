import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { valueOf, type World } from '../../test/evaluate.ts';
import { ClaimCheckNeeded, ExpressionFailure } from './expression.ts';
import { ExpressionSyntaxError } from './expression-syntax-error.ts';

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
