import { describe, expect, it, jest } from '@jest/globals';
import { bindingsOf, failureOf, optionsOf, problemsOf, templateOf, valueOf } from '../../test/evaluate.ts';
import { compileExpression } from './compile-expression.ts';
import { compileTemplate } from './compile-template.ts';
import type { ExpressionOptions } from './expression-options.ts';

/** Generous: an idle machine needs a hundredth of it. */
const mostMs = 30_000;
jest.setTimeout(2 * mostMs);

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
    for (let round = 0; round < 40; round += 1) expression.evaluate(bindings);
  });

  it('honest work on the same data is fine', () => {
    expect(valueOf('size(input.rows.filter(a, a.id % 2 == 0 && "a" in a.tags).map(a, upper(a.name)))', { input })).toBe(10_000);
    expect(valueOf('size(json(input.rows))', { input })).toBe(JSON.stringify(rows).length);
    expect(valueOf('matches(input.text, "^(ab)+$")', { input })).toBe(true);
  });
});

describe('compiling what is wrong', () => {
  const options: ExpressionOptions = {
    nodeIds: new Set(Array.from({ length: 2_000 }, (_, id) => `node_${id}`)),
    secrets: 'refused',
  };
  const unknown = Array.from({ length: 20_000 }, (_, id) => `{{ nod${id} }}`);

  it.each<[string, () => unknown]>([
    ['unknown names in one text', () => compileTemplate(unknown.join(''), options)],
    [
      'unknown names in one expression',
      () =>
        compileExpression(
          `[${unknown
            .slice(0, 900)
            .map((one) => one.slice(3, -3))
            .join(',')}]`,
          options,
        ),
    ],
    ['expressions without end', () => compileTemplate(Array(20_000).fill('{{ "a'), options)],
    ['brackets', () => compileTemplate(`{{${'('.repeat(500_000)}}}`, options)],
    ['braces', () => compileTemplate('{{ {'.repeat(200_000), options)],
    ['calls', () => compileExpression('a('.repeat(4_900), options)],
    ['members', () => compileExpression(`input${'.a'.repeat(4_900)}`, options)],
  ])('%s: soon done, and not all of it is told', (_name, compile) => {
    timed(() => expect(problemsOf(compile).length).toBeLessThanOrEqual(1_000));
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
