import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import fc from 'fast-check';
import { failureOf, problemsOf, valueOf } from '../../../test/evaluate.ts';
import { expressionFunctions } from './expression-functions.ts';

const input = {
  a: { x: 1, y: 2 },
  b: { y: 3 },
  text: 'Grüße 👋',
  xs: [3, 1],
  t: '2026-03-04T15:06:07.089Z',
  n: 1.005,
  nothing: null,
};

function table(rows: Readonly<Record<string, Json>>): void {
  it.each(Object.entries(rows))('%s', (source, expected) => expect(valueOf(source, { input })).toEqual(expected));
}

describe('text', () => {
  table({
    'size(input.text)': 7,
    '"abc".contains("b")': true,
    'contains([1, [2]], [2])': true,
    '"abc".startsWith("ab") && "abc".endsWith("bc")': true,
    'upper(input.text)': 'GRÜSSE 👋',
    'lower("ABC")': 'abc',
    'capitalize("élan vital")': 'Élan vital',
    'capitalize("")': '',
    'trim("  a \\n")': 'a',
    'truncate("héllo", 3)': 'hél',
    'truncate("👋👋👋", 2)': '👋👋',
    'truncate("ab", 5)': 'ab',
    'truncate("ab", 0)': '',
    'split("a,b,,c", ",")': ['a', 'b', '', 'c'],
    'split("a👋", "")': ['a', '👋'],
    'join([1, "x", null, true, [2], {"k": 1}], "-")': '1-x--true-[2]-{"k":1}',
    '"a b".split(" ").join("+")': 'a+b',
    'matches("foobar", "o+b")': true,
    'matches("foobar", "^o")': false,
    '"x".matches(input.text)': false,
    '"ÀB".matches("(?i)àb")': true,
  });
});

describe('collections', () => {
  table({
    'size(input.a)': 2,
    'first(input.xs)': 3,
    'last(input.xs)': 1,
    'flatten([1, [2, [3]], []])': [1, 2, [3]],
    'merge(input.a, input.b)': { x: 1, y: 3 },
    'keys(input.a)': ['x', 'y'],
    'values(input.a)': [1, 2],
    'sum(input.xs)': 4,
    'sum([])': 0,
  });
});

describe('numbers and conversions', () => {
  table({
    'round(2.5)': 3,
    'round(-2.5, 0)': -3,
    'round(input.n, 2)': 1.01,
    'round(1234.5, -2)': 1200,
    'round(1e-9, 2)': 0,
    'currency(1234.5, "EUR")': '€1,234.50',
    'currency(-3, "USD")': '-$3.00',
    'currency(3, "JPY")': '¥3',
    'string(1.5) + string(true) + string("x")': '1.5truex',
    'int("-42") + int(1.9) + int(-1.9)': -42,
    'double("1.5") + double(2)': 3.5,
    'bool("true") && !bool("0")': true,
    'json({"a": [1, null, "x"]})': '{"a":[1,null,"x"]}',
    'parseJson("{\\"a\\": [1, 2.5]}")': { a: [1, 2.5] },
    'parseJson(json(input.a)) == input.a': true,
  });

  it.each([
    'parseJson("{")',
    'parseJson("9007199254740993")',
    'parseJson(\'{"__proto__": 1}\')',
    `parseJson("${'['.repeat(65)}${']'.repeat(65)}")`,
  ])('%s fails', (source) => {
    expect(failureOf(source).code).toBe('EXPRESSION_FAILED');
  });
});

describe('dates', () => {
  table({
    'formatDate(input.t, "yyyy-MM-dd HH:mm:ss.SSS")': '2026-03-04 15:06:07.089',
    'formatDate(input.t, "d.M.yy h:mm a")': '4.3.26 3:06 PM',
    'formatDate(input.t, "EEEE, MMMM d")': 'Wednesday, March 4',
    'formatDate(input.t, "EEE MMM dd hh H m s")': 'Wed Mar 04 03 15 6 7',
    'formatDate(input.t, "yyyy-MM-ddTHH:mm:ssZ")': '2026-03-04T15:06:07Z',
    "formatDate(input.t, \"'day' d, h 'o''clock'\")": "day 4, 3 o'clock",
    'formatDate(timestamp(0), "yyyyMMdd")': '19700101',
    'formatDate(0, "HH:mm")': '00:00',
  });

  it('a literal format is checked when it is compiled', () => {
    expect(problemsOf(() => valueOf('formatDate(input.t, "YYYY")', { input }))[0]!.message).toContain(
      '`YYYY` is no part of a date format',
    );
    expect(failureOf('formatDate(input.t, "YY" + "YY")', { input }).message).toContain('`YYYY` is no part of a date format');
  });
});

describe('digests', () => {
  table({
    'sha256("abc")': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'base64("hé👋")': 'aMOp8J+Riw==',
    // RFC 9562's way, as Python's uuid.uuid5(uuid.NAMESPACE_URL, "https://example.com") has it.
    'uuidFrom("https://example.com")': '4fd35a71-71ef-5a55-a9d9-aa75c889a6d0',
  });

  it('agree with Node for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const world = { input: { text } };
        expect(valueOf('sha256(input.text)', world)).toBe(createHash('sha256').update(text).digest('hex'));
        expect(valueOf('base64(input.text)', world)).toBe(Buffer.from(text).toString('base64'));
      }),
      { numRuns: 50 },
    );
  });
});

describe('every function', () => {
  const names = [...expressionFunctions.keys()];

  it.each(names)('%s has a signature that begins with its name', (name) => {
    expect(expressionFunctions.get(name)!.signature.startsWith(`${name}(`)).toBe(true);
  });

  it('is in the documentation', () => {
    const documentation = readFileSync(new URL('../../../../../docs/expressions.md', import.meta.url), 'utf8');
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(documentation))).toEqual([]);
  });

  it.each(names)('%s refuses a wrong number of arguments when it is compiled', (name) => {
    const { least, most = least } = expressionFunctions.get(name)!;
    for (const count of [least - 1, most + 1]) {
      const source = `${name}(${Array(count).fill('"x"').join(', ')})`;
      expect(problemsOf(() => valueOf(source))).toMatchObject([
        { code: 'INVALID_EXPRESSION', message: expect.stringContaining('argument') },
      ]);
    }
  });

  it.each(names.filter((name) => name !== 'json'))('%s fails on null, rather than making something of it', (name) => {
    const { least } = expressionFunctions.get(name)!;
    expect(failureOf(`${name}(${Array(least).fill('input.nothing').join(', ')})`, { input }).code).toBe('EXPRESSION_FAILED');
  });
});
