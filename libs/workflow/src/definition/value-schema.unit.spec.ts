import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { compiledSchema } from './compiled-schema.ts';
import { valueProblems } from './schema-errors.ts';
import { schemaProblems, valueCheck } from './value-schema.ts';

describe('a schema that cannot be used', () => {
  it.each<[string, Json, string]>([
    ['a type that there is not', { properties: { a: { type: 'strin' } } }, '/properties/a/type'],
    ['a keyword of the wrong type', { required: 'a' }, '/required'],
    ['no schema at all', 'text', ''],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }, '/$ref'],
    ['a reference to a file', { items: { $ref: 'file:///etc/passwd' } }, '/items/$ref'],
    ['a reference to nothing', { properties: { a: { $ref: '#/$defs/gone' } }, $defs: {} }, '/properties/a/$ref'],
    ['a reference into data', { $ref: '#/default', default: { type: 'string' } }, '/$ref'],
    ['a pattern that RE2 has not', { pattern: '(?=a)b' }, '/pattern'],
    ['a broken pattern', { patternProperties: { '(': {} } }, '/patternProperties/('],
    ['dynamic references', { $dynamicRef: '#a' }, '/$dynamicRef'],
    ['a reference that is its own target', { $ref: '#' }, ''],
    ['a ring of references', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, ''],
    ['far too many schemas', { anyOf: Array.from({ length: 2_001 }, () => ({ type: 'string' })) }, ''],
  ])('%s', (_, schema, pointer) => {
    const problems = schemaProblems(schema);
    expect(problems.map((problem) => problem.pointer)).toContain(pointer);
    for (const { message } of problems) expect(message.length).toBeGreaterThan(5);
  });

  it('names all that is wrong', () => {
    const schema = { properties: { a: { type: 'x' }, b: { minimum: 'y' }, c: { pattern: '[' } } };
    expect(new Set(schemaProblems(schema).map(({ pointer }) => pointer))).toEqual(
      new Set(['/properties/a/type', '/properties/b/minimum', '/properties/c/pattern']),
    );
  });
});

describe('a value against a schema', () => {
  const check = (schema: Json, value: Json) => {
    expect(schemaProblems(schema)).toEqual([]);
    return valueCheck(schema)(value);
  };

  it.each<[string, Json, Json, { pointer: string; message: string }[]]>([
    ['fits', { type: 'object', required: ['a'] }, { a: 1 }, []],
    ['a field is missing', { type: 'object', required: ['a'] }, {}, [{ pointer: '', message: '`a` is missing' }]],
    ['own fields only', { required: ['constructor'] }, {}, [{ pointer: '', message: '`constructor` is missing' }]],
    ['types', { properties: { a: { type: 'string' } } }, { a: [] }, [{ pointer: '/a', message: 'must be string, not array' }]],
    ['formats', { format: 'email' }, 'nobody', [{ pointer: '', message: 'must match format "email"' }]],
    ['unknown formats say nothing', { format: 'made-up' }, 'x', []],
    [
      'a field too many',
      { properties: { a: {} }, additionalProperties: false },
      { b: 1 },
      [{ pointer: '/b', message: 'there is no field `b`' }],
    ],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, [{ pointer: '', message: 'must be string or null' }]],
    [
      'the nearest alternative',
      { anyOf: [{ type: 'null' }, { type: 'object', properties: { a: { type: 'number' } } }] },
      { a: 'x' },
      [{ pointer: '/a', message: 'must be number, not string' }],
    ],
    [
      'everything at once',
      { type: 'object', required: ['a', 'b'], properties: { c: { enum: ['x', 'y'] }, d: { minimum: 3 } } },
      { c: 'z', d: 1 },
      [
        { pointer: '', message: '`a` is missing' },
        { pointer: '', message: '`b` is missing' },
        { pointer: '/c', message: 'must be one of "x", "y"' },
        { pointer: '/d', message: 'must be >= 3' },
      ],
    ],
  ])('%s', (_, schema, value, problems) => expect(check(schema, value)).toEqual(problems));

  it('follows references, also recursive ones', () => {
    const tree = {
      $id: 'https://example.com/tree',
      $ref: '#/$defs/no de',
      $defs: {
        'no de': {
          type: 'object',
          properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/no%20de' } } },
        },
      },
    };
    expect(check(tree, { label: 'a', children: [{ children: [{ label: 1 }] }] })).toEqual([
      { pointer: '/children/0/children/0/label', message: 'must be string, not number' },
    ]);
  });

  it('two schemas may share an $id', () => {
    expect(check({ $id: 'https://example.com/one', type: 'string' }, 'x')).toEqual([]);
    expect(check({ $id: 'https://example.com/one', type: 'number' }, 1)).toEqual([]);
  });

  it('gives up on a schema that doubles its work at every level', () => {
    const twice = { allOf: [{ $ref: '#' }, { $ref: '#' }] };
    const deep = Array.from({ length: 60 }).reduce<Json>((inner) => ({ a: inner }), 'x');
    const began = performance.now();
    expect(check({ properties: { a: twice } }, deep)[0]?.message).toMatch(/refers to itself/);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is not held up by a pattern', () => {
    const began = performance.now();
    expect(check({ pattern: '^(a+)+$' }, `${'a'.repeat(10_000)}!`)).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('reports fifty problems at most', () => {
    expect(
      check(
        { items: { type: 'string' } },
        Array.from({ length: 1_000 }, () => 1),
      ),
    ).toHaveLength(50);
  });
});

describe('a configuration with templates against a schema', () => {
  const loose = (schema: Json, value: Json) =>
    valueProblems(compiledSchema(schema, 'loose')(value)).map(({ pointer }) => pointer);

  it.each<[string, Json, Json, string[]]>([
    ['a template is any type', { properties: { n: { type: 'integer', minimum: 1 } } }, { n: '{{ input.n }}' }, []],
    ['also inside text', { properties: { u: { format: 'uri' } } }, { u: 'http{{ x }}' }, []],
    ['also as a whole', { type: 'object', required: ['a'] }, '{{ input }}', []],
    ['what is beside it is checked', { properties: { a: {}, b: { type: 'number' } } }, { a: '{{ x }}', b: 'y' }, ['/b']],
    ['what is missing is missing', { required: ['a', 'b'] }, { a: '{{ x }}' }, ['']],
    ['of alternatives', { oneOf: [{ type: 'string' }, { type: 'array' }] }, '{{ x }}', []],
    [
      'in an alternative',
      { anyOf: [{ type: 'null' }, { properties: { a: { const: 1 } }, type: 'object' }] },
      { a: '{{ x }}' },
      [],
    ],
    [
      'through references',
      { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { type: 'number' } } } },
      ['{{ x }}', 'y'],
      ['/1'],
    ],
    ['in an enumeration', { properties: { m: { enum: ['GET', 'POST'] } } }, { m: '{{ x }}' }, []],
    ['not what must be unique', { type: 'array', uniqueItems: true }, ['{{ x }}', '{{ x }}'], []],
    ['fields nobody knows', { properties: { a: true }, unevaluatedProperties: false }, { a: '{{ x }}', b: '{{ y }}' }, ['/b']],
  ])('%s', (_, schema, value, pointers) => expect(loose(schema, value)).toEqual(pointers));
});
