import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { parseDefinition, type ParsedDefinition } from './parse-definition.ts';

function readable(parsed: ParsedDefinition) {
  if (!parsed.readable) throw new Error(`unreadable: ${JSON.stringify(parsed.problems)}`);
  return parsed;
}

function problemsOf(parsed: ParsedDefinition) {
  return parsed.readable ? parsed.remarks : parsed.problems;
}

function faults(source: string, format?: 'yaml' | 'json') {
  return problemsOf(parseDefinition(source, format)).map(({ code, pointer, line, column }) => ({ code, pointer, line, column }));
}

describe('a source becomes a document', () => {
  it.each([
    ['on: true\nyes: no\n~: 1', 'yaml', { on: true, yes: 'no', null: 1 }],
    ['a: &x { b: 1 }\nc: *x', 'yaml', { a: { b: 1 }, c: { b: 1 } }],
    ['a: 0x10\nb: 012\nc: 1_000\nd: 2020-01-01', 'yaml', { a: 16, b: 12, c: '1_000', d: '2020-01-01' }],
    ['{"a": [1, -2.5e3, true, null, "\\u00e9\\n"]}', 'json', { a: [1, -2500, true, null, 'é\n'] }],
    ['{ name: flow, list: [a, b] }', 'yaml', { name: 'flow', list: ['a', 'b'] }],
    ['\uFEFF{"a": {}}', 'json', { a: {} }],
    ['a:\nb: ""', 'yaml', { a: null, b: '' }],
  ])('%j', (source, format, document) => {
    expect(readable(parseDefinition(source))).toMatchObject({ document, format, remarks: [] });
  });

  it('knows where everything stands', () => {
    const { positions } = readable(parseDefinition('a:\n  - x: 1\n    y: two\n  - [p, q]\nlast: { k: v }'));
    expect(positions.locate('/a/0/y')).toEqual({ line: 3, column: 8 });
    expect(positions.locate('/a/0/y', 'key')).toEqual({ line: 3, column: 5 });
    expect(positions.locate('/a')).toEqual({ line: 1, column: 1 });
    expect(positions.locate('/a/1/1')).toEqual({ line: 4, column: 9 });
    expect(positions.locate('/last/k/deeper/still')).toEqual({ line: 5, column: 12 });
    expect(positions.locate('/nowhere')).toEqual({ line: 1, column: 1 });
  });

  it('knows it in JSON as well', () => {
    const { positions } = readable(parseDefinition('{\n "a": [\n  {"x": 1},\n  {"y": {\n  "z": 2}}]\n}', 'json'));
    expect(positions.locate('/a/1/y/z')).toEqual({ line: 5, column: 8 });
    expect(positions.locate('/a/0/x', 'key')).toEqual({ line: 3, column: 4 });
  });
});

describe('a source that cannot be read', () => {
  it.each([
    ['', 'yaml', 'INVALID_SYNTAX', 1],
    ['\n\n  ', 'json', 'INVALID_SYNTAX', 1],
    ['a: 1\n b: 2', 'yaml', 'INVALID_SYNTAX', 1],
    ['a: [1, 2', 'yaml', 'INVALID_SYNTAX', 1],
    ['a: 1\n---\nb: 2', 'yaml', 'INVALID_SYNTAX', 2],
    ['a: !!js/function x', 'yaml', 'INVALID_SYNTAX', 1],
    ['a: 1\nb: !custom { c: 1 }', 'yaml', 'INVALID_SYNTAX', 2],
    ['a: 1\nb: *nowhere', 'yaml', 'INVALID_SYNTAX', 2],
    ['a: &a\n  - *a', 'yaml', 'INVALID_SYNTAX', 2],
    ['a: 1\nuri: {{ input.uri }}/path', 'yaml', 'UNQUOTED_TEMPLATE', 2],
    ['{"a": 1,}', 'json', 'INVALID_SYNTAX', 1],
    ['{"a": 1\n"b": 2}', 'json', 'INVALID_SYNTAX', 2],
    ["{'a': 1}", 'json', 'INVALID_SYNTAX', 1],
    ['{"a": "x\ny"}', 'json', 'INVALID_SYNTAX', 1],
    ['{"a": "\\x"}', 'json', 'INVALID_SYNTAX', 1],
    ['{"a": 01}', 'json', 'INVALID_SYNTAX', 1],
    ['{"a": 1} {', 'json', 'INVALID_SYNTAX', 1],
    ['{"a": "', 'json', 'INVALID_SYNTAX', 1],
    [`{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, 'json', 'TOO_LARGE', 1],
    [`a: ${'['.repeat(100)}${']'.repeat(100)}`, 'yaml', 'TOO_LARGE', 1],
    [`a: ${'['.repeat(100_000)}`, 'yaml', 'TOO_LARGE', 1],
    ['x'.repeat(1_048_577), 'yaml', 'TOO_LARGE', 1],
    [']'.repeat(1_000_000), 'yaml', 'TOO_LARGE', 1],
  ] as const)('%#', (source, format, code, line) => {
    const parsed = parseDefinition(source, format);
    expect(parsed.readable).toBe(false);
    expect(problemsOf(parsed)[0]).toMatchObject({ code, line });
  });

  it('knows where the template stood that YAML could not swallow', () => {
    const source =
      'dag:\n  nodes:\n    - id: a\n      config:\n        list:\n          - x\n          - u: {{ input.uri }}/path\n';
    expect(faults(source)[0]).toEqual({
      code: 'UNQUOTED_TEMPLATE',
      pointer: '/dag/nodes/0/config/list/1/u',
      line: 7,
      column: 16,
    });
    expect(faults('name: x\nwhen: {{ a["b"] }}')[0]).toMatchObject({ code: 'UNQUOTED_TEMPLATE', pointer: '/when', line: 2 });
  });

  it('does not write aliases out', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
    expect(faults(['a0: &a0 x', ...levels].join('\n'))).toMatchObject([{ code: 'TOO_LARGE' }]);
  });
});

describe('a source that can be read, and yet', () => {
  it.each([
    ['a: 1\nb:\n  c: 1\n  c: 2', [{ code: 'DUPLICATE_KEY', pointer: '/b/c', line: 4, column: 3 }]],
    ['{"a": 1,\n "a": 2}', [{ code: 'DUPLICATE_KEY', pointer: '/a', line: 2, column: 2 }]],
    ['x: 1\nb: {{ input.x }}', [{ code: 'UNQUOTED_TEMPLATE', pointer: '/b', line: 2, column: 4 }]],
    [
      'b: [{{ a }}, {{ b }}]',
      [
        { code: 'UNQUOTED_TEMPLATE', pointer: '/b/0', line: 1, column: 5 },
        { code: 'UNQUOTED_TEMPLATE', pointer: '/b/1', line: 1, column: 14 },
      ],
    ],
    ['__proto__: { polluted: 1 }', [{ code: 'INVALID_FIELD', pointer: '', line: 1, column: 1 }]],
    ['{"a": {"__proto__": {"polluted": 1}}}', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 8 }]],
    ['a: 12345678901234567890', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 4 }]],
    ['{"a": 1e999}', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 7 }]],
    ['a: .inf', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 4 }]],
    ['a: "\\0"', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 4 }]],
    ['{"a": "\\ud800"}', [{ code: 'INVALID_FIELD', pointer: '/a', line: 1, column: 7 }]],
    ['? [a, b]\n: 1', [{ code: 'INVALID_FIELD', pointer: '', line: 1, column: 1 }]],
  ])('%j', (source, expected) => {
    const parsed = readable(parseDefinition(source));
    expect(faults(source)).toEqual(expected);
    expect(Object.getPrototypeOf(parsed.document)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('whatever is given', () => {
  it('reads back any JSON, as JSON and as YAML', () => {
    const document = fc.dictionary(
      fc.string().filter((name) => name !== '__proto__' && name.length < 500),
      fc.jsonValue({ maxDepth: 4 }),
    );
    fc.assert(
      fc.property(document, (value) => {
        const source = JSON.stringify(value, null, 1);
        fc.pre(source.isWellFormed() && !source.includes('\\u0000') && !source.includes('__proto__') && !source.includes('\\ud'));
        const read = readable(parseDefinition(source, 'json'));
        fc.pre(read.remarks.length === 0);
        expect(canonicalJson(read.document)).toBe(canonicalJson(JSON.parse(source)));
        expect(canonicalJson(readable(parseDefinition(source, 'yaml')).document)).toBe(canonicalJson(JSON.parse(source)));
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with JSON.parse on what JSON is', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const source = parts.join('');
        let valid = true;
        try {
          JSON.parse(source);
        } catch {
          valid = false;
        }
        expect(parseDefinition(source, 'json').readable).toBe(valid);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws, and every problem has a place', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            '- ',
            'a: ',
            '{',
            '}',
            '[',
            ']',
            '&a ',
            '*a',
            '!t ',
            '|',
            '>',
            '\n',
            '  ',
            '"',
            "'",
            '#',
            '? ',
            ': ',
            ',',
            '%',
            '---',
            '{{',
            '}}',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(garbage, (source) => {
        for (const { line, column, message } of problemsOf(parseDefinition(source))) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 1_000, interruptAfterTimeLimit: 20_000 },
    );
  });
});
