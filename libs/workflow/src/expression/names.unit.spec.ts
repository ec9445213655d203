import { describe, expect, it } from '@jest/globals';
import { optionsOf, problemsOf, type World } from '../../test/evaluate.ts';
import { compileExpression } from './compile-expression.ts';
import type { ExpressionOptions } from './expression-options.ts';

const world: World = {
  nodes: { parse: {}, fetch_data: {}, 'fetch-data': {}, '2fa': {}, map: {}, int: {}, return: {}, event: {}, size: {} },
  locals: { item: 1, doc: 2 },
};

function problems(source: string, more: Partial<ExpressionOptions> = {}) {
  return problemsOf(() => compileExpression(source, optionsOf(world, more)));
}

function references(source: string) {
  return compileExpression(source, optionsOf(world)).references;
}

describe('what an expression refers to', () => {
  it('is found without evaluating it, once each', () => {
    expect(
      references('has(parse.output.a) && parse.output.b == nodes["2fa"].branch ? item : input.xs.map(x, x + fetch_data.output)'),
    ).toEqual([
      { kind: 'node', id: 'parse', member: 'output' },
      { kind: 'node', id: '2fa', member: 'branch' },
      { kind: 'name', name: 'item' },
      { kind: 'name', name: 'input' },
      { kind: 'node', id: 'fetch_data', member: 'output' },
    ]);
  });

  it('is a whole step where no member is named', () => {
    expect(references('json(parse) + json(nodes["fetch-data"])')).toEqual([
      { kind: 'node', id: 'parse', member: null },
      { kind: 'node', id: 'fetch-data', member: null },
    ]);
  });

  it('is no variable of a macro', () => {
    expect(references('[1].map(parse, parse)')).toEqual([]);
  });

  it('is a local name rather than a step of the same id', () => {
    const { references: found } = compileExpression('doc.output', {
      nodeIds: new Set(['doc']),
      locals: ['doc'],
      secrets: 'refused',
    });
    expect(found).toEqual([{ kind: 'name', name: 'doc' }]);
  });

  it.each(['size.output', 'parse.attempt', 'nodes["map"].error', 'nodes["return"].output', 'nodes.int.output'])(
    '%s is a step',
    (source) => {
      expect(references(source)).toMatchObject([{ kind: 'node' }]);
    },
  );
});

describe('names that nothing has', () => {
  it.each([
    ['parze.output', 'did you mean `parse`?'],
    ['itm', 'did you mean `item`?'],
    ['fetch-data.output', 'write nodes["fetch-data"]'],
    ['1 + 2fa.output', 'write nodes["2fa"]'],
    ['map.output', 'write nodes["map"]'],
    ['int.output', 'write nodes["int"]'],
    ['return.output', 'write nodes["return"]'],
    ['event.output', 'write nodes["event"]'],
    ['nodes["fetchdata"].output', 'did you mean `fetch_data`?'],
    ['parse.outptu', 'did you mean `output`?'],
    ['parse.documentId', 'write parse.output.documentId'],
    ['nodes["2fa"].code', 'write nodes["2fa"].output.code'],
    ['uper("a")', 'did you mean `upper`?'],
    ['filter([1], 2)', 'write list.filter(x, …)'],
    ['input.xs.has()', 'write has(…)'],
  ])('%s: %s', (source, hint) => {
    expect(problems(source)[0]).toMatchObject({ code: 'INVALID_EXPRESSION', expression: source, pointer: '', hint });
  });

  it('are all reported, each with its place', () => {
    expect(problems('aaa + bbb(input) + input.xs.map(x, ccc)').map(({ offset, message }) => [offset, message])).toEqual([
      [0, 'nothing is called `aaa` here'],
      [6, 'there is no function `bbb`'],
      [35, 'nothing is called `ccc` here'],
    ]);
  });

  it('nodes is read by text in quotes', () => {
    expect(problems('nodes[input.x].output')[0]!.hint).toContain('nodes["fetch-data"]');
    expect(problems('nodes')[0]!.hint).toContain('nodes["fetch-data"]');
  });

  it('a name with a meaning cannot be a variable', () => {
    expect(problems('[1].map(input, input)')[0]!.message).toContain('`input` has its own meaning');
  });
});

describe('secrets', () => {
  it.each([
    'secrets.KEY',
    'upper(secrets.KEY)',
    'secrets["KEY"] == "x"',
    'secrets[input.name]',
    'secrets',
    '[1].map(x, secrets.KEY)',
  ])('%s is not allowed', (source) => {
    expect(problems(source)).toMatchObject([{ code: 'SECRET_NOT_ALLOWED' }]);
    expect(problems(source, { secrets: 'allowed' })).toMatchObject([{ code: 'SECRET_NOT_ALLOWED' }]);
  });
});

describe('what is no expression', () => {
  it.each([
    ['', 'an expression is missing'],
    ['  ', 'an expression is missing'],
    ['1 +', 'unexpected token: the end of the expression'],
    ['(1', 'expected `)`, got the end of the expression'],
    ['input.in', 'expected a name, got `in`'],
    ['a = 1', 'unexpected character: ='],
    ['"abc', 'unterminated string'],
    ['b"abc"', 'there are no bytes in JSON'],
    ['9007199254740993', '9007199254740993 is beyond 2^53 and would be rounded'],
    ['1e300', '1e300 is beyond 2^53 and would be rounded'],
    ['has(input)', '`has` takes one reference to a member'],
    ['default(1)', '`default` takes 2 arguments, not 1'],
    ['[1].map(x)', '`map` takes the name of a variable and an expression of it'],
    ['[1].all(1, true)', 'all(var, predicate) invalid predicate iteration variable'],
    ['matches("a", "(")', 'the pattern is not one that RE2 knows: error parsing regexp: missing closing ): `(`'],
    [
      'matches("a", "(?=a)")',
      'the pattern is not one that RE2 knows: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
    ['currency(1, "euro")', '`currency` takes a code of three capitals such as EUR, not "euro"'],
    [`1${' '.repeat(10_000)}`, 'an expression has at most 10000 characters'],
    ['('.repeat(5_000), 'the expression is nested too deeply or has too many parts'],
    ['!'.repeat(9_999) + '1', 'the expression is nested too deeply'],
    [Array(300).fill('1').join('+'), 'the expression is nested too deeply'],
    [`${'['.repeat(70)}1${']'.repeat(70)}`, 'the expression is nested too deeply or has too many parts'],
  ])('%.30s', (source, message) => {
    expect(problems(source)).toMatchObject([{ code: 'INVALID_EXPRESSION', message }]);
  });

  it('long lists and chains are fine', () => {
    expect(() => compileExpression(`[${Array(3_000).fill('1').join(',')}]`, optionsOf({}))).not.toThrow();
    expect(() => compileExpression(Array(200).fill('1').join('+'), optionsOf({}))).not.toThrow();
  });
});
