import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { bindingsOf, optionsOf, problemsOf, templateOf, type World } from '../../test/evaluate.ts';
import { compileTemplate } from './compile-template.ts';
import { ExpressionFailure } from './expression.ts';

const world: World = {
  input: { n: 3, nothing: null, xs: [1, 'a'], evil: '{{ input.n }}', name: 'Ann' },
  nodes: { parse: { output: { id: 'd1' } } },
};

function compiled(value: Json, secrets: 'allowed' | 'refused' = 'allowed') {
  return compileTemplate(value, optionsOf(world, { secrets }));
}

describe('a text', () => {
  it.each<[string, Json]>([
    ['{{ input.n }}', 3],
    ['  {{input.n}}\n', 3],
    ['{{ input.xs }}', [1, 'a']],
    ['{{ input.nothing }}', null],
    ['{{ input }}', world.input!],
    ['n: {{ input.n }}', 'n: 3'],
    ['{{ input.n }}{{ input.n }}', '33'],
    ['<{{ input.nothing }}> {{ input.xs }} {{ true }}', '<> [1,"a"] true'],
    ['{{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ['{{{"a":{"b":1}}}}', { a: { b: 1 } }],
    ['{{ "}}" + \'}}\' }}!', '}}}}!'],
    ['{{ "\\"}}" }}', '"}}'],
    ['{{ r"\\d}}" }}', '\\d}}'],
    ['{{ """a"}}""" }}', 'a"}}'],
    ['{{ 1 // }}\n + 1 }}', 2],
    ['{{{{ input.n }}', '{{ input.n }}'],
    ['{{{{{{ input.n }}}}', '{{3}}'],
    ['a }} b', 'a }} b'],
    ['{{ input.evil }}', '{{ input.n }}'],
    ['{{ input.evil }}!', '{{ input.n }}!'],
    ['{{ "{{" }} {{ "}}" }}', '{{ }}'],
    ['', ''],
    ['{ { input.n } }', '{ { input.n } }'],
  ])('%s', (text, expected) => expect(templateOf(text, world)).toEqual(expected));
});

describe('a value', () => {
  it('is filled wherever there is text in it, and its keys are literal', () => {
    const value = { '{{ k }}': '{{ input.n }}', deep: [{ a: '{{ parse.output.id }}!' }, 'plain', 1, null], same: { x: [true] } };
    expect(templateOf(value, world)).toEqual({ '{{ k }}': 3, deep: [{ a: 'd1!' }, 'plain', 1, null], same: { x: [true] } });
  });

  it('without templates is what it is', () => {
    const value = { a: [1, { b: 'x' }] };
    const template = compiled(value);
    expect(template.constant).toBe(true);
    expect(template.evaluate(bindingsOf(world))).toBe(value);
  });

  it.each<[Json, boolean]>([
    ['{{ 1 + 1 }}', true],
    ['{{{{ x', true],
    ['{{ input.n }}', false],
    [['{{ parse.attempt }}'], false],
    ['{{ secrets.A }}', false],
  ])('%j is constant: %s', (value, constant) => expect(compiled(value).constant).toBe(constant));

  it('knows what it refers to', () => {
    expect(
      compiled({ a: '{{ input.n }} {{ parse.output.id }}', b: ['{{ parse.output }}', 'Bearer {{ secrets.KEY }}'] }).references,
    ).toEqual([
      { kind: 'name', name: 'input' },
      { kind: 'node', id: 'parse', member: 'output' },
      { kind: 'secret', name: 'KEY' },
    ]);
  });

  it('fails with the expression that fails', () => {
    const template = compiled({ a: '{{ input.n }}', b: 'x {{ input.missing }}' });
    expect(() => template.evaluate(bindingsOf(world))).toThrow(
      expect.objectContaining({ name: 'ExpressionFailure', code: 'UNRESOLVED_REFERENCE', expression: 'input.missing' }),
    );
    expect(ExpressionFailure.name).toBe('ExpressionFailure');
  });

  it('reports all problems with their places', () => {
    const value = {
      a: '{{ foo }} {{ bar }}',
      'b/~': ['ok {{ input.n }}', '{{ 1 + }}'],
      c: '{{ input.n',
      d: "{{ 'x }}",
      e: '{{ }}',
      f: '{{ secrets.A }}',
    };
    expect(problemsOf(() => compiled(value, 'refused'))).toEqual([
      { code: 'INVALID_EXPRESSION', pointer: '/a', expression: 'foo', message: 'nothing is called `foo` here', offset: 0 },
      { code: 'INVALID_EXPRESSION', pointer: '/a', expression: 'bar', message: 'nothing is called `bar` here', offset: 0 },
      {
        code: 'INVALID_EXPRESSION',
        pointer: '/b~1~0/1',
        expression: '1 +',
        message: 'unexpected token: the end of the expression',
        offset: 3,
      },
      {
        code: 'INVALID_EXPRESSION',
        pointer: '/c',
        expression: '{{ input.n',
        message: '`{{` is not closed by `}}`',
        hint: 'a literal {{ is written {{{{',
      },
      {
        code: 'INVALID_EXPRESSION',
        pointer: '/d',
        expression: "{{ 'x }}",
        message: "the ' in `{{` is not closed",
        hint: 'a literal {{ is written {{{{',
      },
      { code: 'INVALID_EXPRESSION', pointer: '/e', expression: '', message: 'an expression is missing' },
      {
        code: 'SECRET_NOT_ALLOWED',
        pointer: '/f',
        expression: 'secrets.A',
        message: 'secrets cannot be read here',
        offset: 0,
        hint: expect.any(String),
      },
    ]);
  });
});

describe('secrets', () => {
  const value = {
    auth: 'Bearer {{ secrets.TOKEN }}',
    raw: [' {{ secrets["api-key"] }} '],
    'x/y': '{{ input.name }}:{{ secrets.P }}',
    n: '{{ input.n }}',
  };

  it('are redacted in the value', () => {
    expect(compiled(value).evaluate(bindingsOf(world))).toEqual({
      auth: 'Bearer [secret TOKEN]',
      raw: ['[secret api-key]'],
      'x/y': 'Ann:[secret P]',
      n: 3,
    });
  });

  it('leave slots with the text around them', () => {
    expect(compiled(value).secretSlots(bindingsOf(world))).toEqual([
      { pointer: '/auth', parts: ['Bearer ', { secret: 'TOKEN' }] },
      { pointer: '/raw/0', parts: [{ secret: 'api-key' }] },
      { pointer: '/x~1y', parts: ['Ann', ':', { secret: 'P' }] },
    ]);
    expect(compiled({ n: '{{ input.n }}' }).secretSlots(bindingsOf(world))).toEqual([]);
  });

  it('cannot be computed with', () => {
    expect(problemsOf(() => compiled('{{ secrets.A + "x" }}'))).toMatchObject([
      { code: 'SECRET_NOT_ALLOWED', hint: expect.stringContaining('{{ secrets.A }}') },
    ]);
    expect(problemsOf(() => compiled('{{ [secrets.A] }}'))).toMatchObject([{ code: 'SECRET_NOT_ALLOWED' }]);
  });
});

describe('any text', () => {
  it('comes back from a template that quotes its braces', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', ' ', '"', "'"), maxLength: 20 }), (text) => {
        expect(templateOf(text.replaceAll('{{', '{{{{'))).toBe(text);
      }),
    );
  });

  it('passes through as data, whatever braces are in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'input', ' ', '"', '.'), maxLength: 30 }), (text) => {
        expect(templateOf({ a: '{{ input }}', b: 'x{{ input }}' }, { input: text })).toEqual({ a: text, b: `x${text}` });
      }),
    );
  });

  it('as a CEL text inside a template is that text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        const literal = JSON.stringify(text).replaceAll('\u007f', '\\u007f');
        expect(templateOf(`{{ ${literal} }}`)).toBe(text);
      }),
    );
  });

  it('is compiled or refused, never anything else', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '"',
      "'",
      'input',
      '.n',
      ' + ',
      '(',
      ')',
      'secrets.A',
      '//',
      '\n',
      '\\',
      '1',
      '[',
      ']',
      'r',
      '"""',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        let template;
        try {
          template = compiled(pieces.join(''));
        } catch (error) {
          expect(error).toMatchObject({ name: 'ExpressionSyntaxError' });
          return;
        }
        try {
          template.evaluate(bindingsOf(world));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionFailure);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
