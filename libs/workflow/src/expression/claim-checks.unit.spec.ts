import { describe, expect, it } from '@jest/globals';
import type { ClaimCheck, Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { bindingsOf, optionsOf, templateOf, valueOf, type World } from '../../test/evaluate.ts';
import { compileExpression } from './compile-expression.ts';
import { ClaimCheckNeeded } from './expression.ts';

const big = { $ref: 'blob:e1/big', size: 900_000, mediaType: 'application/json' };
const text = { $ref: 'blob:e1/text', size: 900_000, mediaType: 'application/json' };
const nested = { $ref: 'blob:e1/nested', size: 900_000, mediaType: 'application/json' };

const closed: World = { input: { doc: big, list: [text] }, nodes: { parse: { output: big } } };
const open: World = {
  ...closed,
  opened: {
    [big.$ref]: { title: 'T', items: [1, 2, { deep: text }], n: 2 },
    [text.$ref]: 'a long text',
    [nested.$ref]: { inner: big },
  },
};

function neededFor(source: string, world: World): ClaimCheck | undefined {
  try {
    valueOf(source, world);
  } catch (error) {
    if (error instanceof ClaimCheckNeeded) return error.reference;
    throw error;
  }
  return undefined;
}

describe('a claim check passes through as a whole', () => {
  it.each<[string, Json]>([
    ['parse.output', big],
    ['input.list', [text]],
    ['input.list[0]', text],
    ['[parse.output, 1]', [big, 1]],
    ['{"a": parse.output}', { a: big }],
    ['default(parse.output, 1)', big],
    ['has(parse.output)', true],
    ['true ? parse.output : 1', big],
    ['parse.output == null', false],
    ['parse.output == input.doc', true],
    ['input.list.map(x, x)', [text]],
    ['input.list.filter(x, true)', [text]],
    ['first(input.list)', text],
    ['flatten([[input.doc]])', [big]],
    ['values({"a": input.doc})', [big]],
    ['merge({"a": 1}, {"b": input.doc})', { a: 1, b: big }],
    ['input.list + [1]', [text, 1]],
  ])('%s', (source, expected) => expect(valueOf(source, closed)).toEqual(expected));

  it('in a template too', () => {
    expect(templateOf({ a: '{{ parse.output }}', b: ['{{ input }}'] }, closed)).toEqual({ a: big, b: [closed.input] });
  });
});

describe('what reads inside it asks for its content, and then has it', () => {
  it.each<[string, Json]>([
    ['parse.output.title', 'T'],
    ['has(parse.output.title)', true],
    ['has(parse.output.none)', false],
    ['default(parse.output.none, 1)', 1],
    ['parse.output["title"]', 'T'],
    ['size(parse.output)', 3],
    ['size(input.list[0])', 11],
    ['parse.output.items[1] + 1', 3],
    ['parse.output.map(k, k)', ['title', 'items', 'n']],
    ['"title" in parse.output', true],
    ['upper(input.list[0])', 'A LONG TEXT'],
    ['input.list[0] + "!"', 'a long text!'],
    ['input.list[0] == "a long text"', true],
    ['"a long text" in input.list', true],
    ['input.list.exists(x, x.contains("long"))', true],
    ['json(input.list)', '["a long text"]'],
    ['join(input.list, ",")', 'a long text'],
    ['keys(merge(parse.output, {}))', ['title', 'items', 'n']],
  ])('%s', (source, expected) => {
    expect(neededFor(source, closed)).toBeDefined();
    expect(valueOf(source, open)).toEqual(expected);
  });

  it('one after the other', () => {
    const onlyBig: World = { ...closed, opened: { [big.$ref]: open.opened![big.$ref]! } };
    expect(neededFor('upper(parse.output.items[2].deep)', closed)).toEqual(big);
    expect(neededFor('upper(parse.output.items[2].deep)', onlyBig)).toEqual(text);
    expect(valueOf('upper(parse.output.items[2].deep)', open)).toBe('A LONG TEXT');
    expect(valueOf('input.inner.title', { input: nested, opened: open.opened! })).toBe('T');
  });

  it('is neither absence nor failure', () => {
    for (const source of [
      'default(parse.output.title, "x")',
      'parse.output.n > 1 || true',
      'input.list.all(x, x == "a") || true',
    ]) {
      expect(neededFor(source, closed)).toBeDefined();
    }
  });

  it('rendered into longer text', () => {
    expect(() => templateOf('<{{ input.list }}>', closed)).toThrow(ClaimCheckNeeded);
    expect(templateOf('<{{ input.list }}>', open)).toBe('<["a long text"]>');
  });

  it('one that leads to itself does not lead on for ever', () => {
    const expression = compileExpression('input.a', optionsOf({}));
    expect(() => expression.evaluate({ ...bindingsOf({ input: big }), opened: () => big })).toThrow(
      'the claim check blob:e1/big leads from one to the next',
    );
  });
});

it('an object that merely looks like one is data', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), (other) => {
      const input: Json = { $ref: other, size: 1, mediaType: 'x' };
      fc.pre(typeof other !== 'string' || !other.startsWith('blob:'));
      expect(valueOf('input["$ref"]', { input })).toEqual(other);
    }),
  );
});
