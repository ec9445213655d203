import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { checkDefinition } from './check-definition.ts';
import { parseDefinition } from './parse-definition.ts';
import type { HandlerCatalog } from './plan.ts';

const catalog: HandlerCatalog = new Map([
  [
    'call_external_service',
    {
      queue: 'actions',
      branches: ['ok', 'client_error', 'server_error'],
      configSchema: {
        type: 'object',
        required: ['url'],
        additionalProperties: false,
        properties: {
          url: { type: 'string', format: 'uri' },
          method: { enum: ['GET', 'POST'] },
          maxResponseBytes: { type: 'integer', minimum: 1 },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          body: {},
        },
      } satisfies Json,
    },
  ],
  ['fetch_data', { queue: 'ingestion', branches: [], timeoutMs: 1_000 }],
]);

/** `[code, pointer, line]`, in the order of the document. */
type Expected = readonly (readonly [string, string, number])[];

/** The nodes begin in line 4. */
const nodes = (text: string) => `name: Test\ndag:\n  nodes:\n${text.replace(/^/gm, '    ')}`;
const step = (text: string) => nodes(`- id: a\n  handler: fetch_data\n${text.replace(/^/gm, '  ')}`);
/** The head begins in line 1. */
const top = (text: string) => `${text}\ndag: { nodes: [{ id: a, handler: fetch_data }] }`;

const broken: readonly (readonly [what: string, source: string, expected: Expected])[] = [
  // Shape
  ['a list', '- a\n- b', [['INVALID_FIELD', '', 1]]],
  ['no name', 'dag:\n  nodes: [{ id: a, handler: fetch_data }]', [['INVALID_FIELD', '', 1]]],
  ['no nodes', 'name: x\ndag:\n  nodes: []', [['INVALID_FIELD', '/dag/nodes', 3]]],
  [
    'no dag',
    'name: x\ndga:\n  nodes: []',
    [
      ['INVALID_FIELD', '', 1],
      ['INVALID_FIELD', '/dga', 2],
    ],
  ],
  ['a misspelt field', step('dependancies: []'), [['INVALID_FIELD', '/dag/nodes/0/dependancies', 6]]],
  ['a field of the wrong type', step('dependencies: b'), [['INVALID_FIELD', '/dag/nodes/0/dependencies', 6]]],
  ['a join that there is not', step('join: every'), [['INVALID_FIELD', '/dag/nodes/0/join', 6]]],
  ['a retry too often', step('retry:\n  retries: 5000'), [['INVALID_FIELD', '/dag/nodes/0/retry/retries', 7]]],
  ['a node without a handler', nodes('- id: a'), [['INVALID_FIELD', '/dag/nodes/0', 4]]],
  [
    'a node that is a text',
    nodes('- a\n- b'),
    [
      ['INVALID_FIELD', '/dag/nodes/0', 4],
      ['INVALID_FIELD', '/dag/nodes/1', 5],
    ],
  ],
  ['an id with a blank', nodes('- id: my step\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['an id that is a number', nodes('- id: 1\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['an id far too long', nodes(`- id: ${'x'.repeat(129)}\n  handler: fetch_data`), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['the id __proto__', nodes('- id: __proto__\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['a key in capitals', top('name: x\nkey: My_Key'), [['INVALID_KEY', '/key', 2]]],
  ['a name that makes no key', top('name: "日本語"'), [['INVALID_KEY', '/name', 1]]],
  ['a label that is a number', top('name: x\nlabels:\n  team: 7'), [['INVALID_FIELD', '/labels/team', 3]]],
  ['a misspelt priority', top('name: x\npriority: urgent'), [['INVALID_FIELD', '/priority', 2]]],
  // Durations
  ['a timeout in words', top('name: x\ntimeout: soon'), [['INVALID_DURATION', '/timeout', 2]]],
  ['a timeout of nothing', step('timeout: 0s'), [['INVALID_DURATION', '/dag/nodes/0/timeout', 6]]],
  [
    'a timeout in weeks',
    step('timeout: 2w\ndeadline: 1y'),
    [
      ['INVALID_DURATION', '/dag/nodes/0/timeout', 6],
      ['INVALID_DURATION', '/dag/nodes/0/deadline', 7],
    ],
  ],
  [
    'a delay below zero',
    step('retry:\n  retries: 1\n  initialDelay: -1'),
    [['INVALID_DURATION', '/dag/nodes/0/retry/initialDelay', 8]],
  ],
  ['a timeout of ages', top('name: x\ntimeout: 99999999d'), [['INVALID_DURATION', '/timeout', 2]]],
  [
    'a delay for who knows',
    nodes('- id: a\n  handler: delay\n  config: { for: a while }'),
    [['INVALID_DURATION', '/dag/nodes/0/config/for', 6]],
  ],
  // Graph
  [
    'one id twice',
    nodes('- id: a\n  handler: fetch_data\n- id: a\n  handler: fetch_data'),
    [['DUPLICATE_ID', '/dag/nodes/1/id', 6]],
  ],
  ['a dependency on nothing', step('dependencies:\n  - b'), [['UNKNOWN_DEPENDENCY', '/dag/nodes/0/dependencies/0', 7]]],
  ['a dependency on oneself', step('dependencies: [a]'), [['SELF_DEPENDENCY', '/dag/nodes/0/dependencies/0', 6]]],
  [
    'a dependency twice',
    nodes(
      '- { id: a, handler: fetch_data }\n- id: b\n  handler: fetch_data\n  dependencies:\n    - a\n    - { node: a, on: failure }',
    ),
    [['DUPLICATE_DEPENDENCY', '/dag/nodes/1/dependencies/1', 9]],
  ],
  [
    'a cycle',
    nodes(
      '- { id: a, handler: fetch_data, dependencies: [c] }\n- { id: b, handler: fetch_data, dependencies: [a] }\n- { id: c, handler: fetch_data, dependencies: [b] }',
    ),
    [['CYCLE', '/dag/nodes/0/dependencies/0', 4]],
  ],
  [
    'two cycles',
    nodes(
      [
        '- { id: a, handler: fetch_data, dependencies: [b] }',
        '- { id: b, handler: fetch_data, dependencies: [a] }',
        '- { id: c, handler: fetch_data, dependencies: [a, d] }',
        '- { id: d, handler: fetch_data, dependencies: [c] }',
      ].join('\n'),
    ),
    [
      ['CYCLE', '/dag/nodes/0/dependencies/0', 4],
      ['CYCLE', '/dag/nodes/2/dependencies/1', 6],
    ],
  ],
  [
    'on: success among branches',
    nodes(
      '- { id: a, handler: call_external_service, config: { url: http://x } }\n- id: b\n  handler: fetch_data\n  dependencies:\n    - node: a\n      on: [success, ok]',
    ),
    [['INVALID_FIELD', '/dag/nodes/1/dependencies/0/on', 9]],
  ],
  // Handlers, configuration, branches
  ['a handler nobody offers', nodes('- id: a\n  handler: fetc_data'), [['UNKNOWN_HANDLER', '/dag/nodes/0/handler', 5]]],
  [
    'a configuration without the url',
    nodes('- id: a\n  handler: call_external_service'),
    [['INVALID_CONFIG', '/dag/nodes/0/config', 4]],
  ],
  [
    'a configuration with three mistakes',
    nodes('- id: a\n  handler: call_external_service\n  config:\n    url: no uri\n    method: FETCH\n    headrs: {}'),
    [
      ['INVALID_CONFIG', '/dag/nodes/0/config/url', 7],
      ['INVALID_CONFIG', '/dag/nodes/0/config/method', 8],
      ['INVALID_CONFIG', '/dag/nodes/0/config/headrs', 9],
    ],
  ],
  [
    'a mistake beside templates',
    nodes(
      '- id: a\n  handler: call_external_service\n  config:\n    url: "{{ input.url }}"\n    method: "{{ input.method }}"\n    maxResponseBytes: many',
    ),
    [['INVALID_CONFIG', '/dag/nodes/0/config/maxResponseBytes', 9]],
  ],
  ['a router without routes', nodes('- id: a\n  handler: router'), [['INVALID_CONFIG', '/dag/nodes/0/config', 4]]],
  [
    'a route with a reserved name',
    nodes('- id: a\n  handler: router\n  config:\n    routes:\n      - { when: input.x, to: failure }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/routes/0/to', 8]],
  ],
  [
    'conditions without value, with an unknown operator',
    nodes(
      '- id: a\n  handler: evaluate_condition\n  config:\n    conditions:\n      - { field: input.x, operator: equals }\n      - { field: input.x, operator: is_null }',
    ),
    [['INVALID_CONFIG', '/dag/nodes/0/config/conditions/0', 8]],
  ],
  [
    'an unknown operator',
    nodes('- id: a\n  handler: evaluate_condition\n  config: { conditions: [{ field: x, operator: like }] }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/conditions/0/operator', 6]],
  ],
  [
    'a delay with two ends',
    nodes('- id: a\n  handler: delay\n  config: { for: 1s, until: 2030-01-01 }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config', 6]],
  ],
  [
    'a delay until never',
    nodes('- id: a\n  handler: delay\n  config:\n    until: tomorrow'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/until', 7]],
  ],
  [
    'an event type with blanks',
    nodes('- id: a\n  handler: emit_event\n  config:\n    type: order placed'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/type', 7]],
  ],
  [
    'branches that there are not',
    nodes(
      [
        '- { id: call, handler: call_external_service, config: { url: http://x } }',
        '- { id: check, handler: evaluate_condition, config: { conditions: [{ field: input.x, operator: is_null }] } }',
        '- { id: route, handler: router, config: { routes: [{ when: input.x, to: left }], default: right } }',
        '- { id: fail, handler: fail, config: { code: X, message: x } }',
        '- id: last',
        '  handler: fetch_data',
        '  dependencies:',
        '    - { node: call, on: okay }',
        '    - { node: check, on: yes }',
        '    - { node: route, on: [left, middle] }',
        '    - { node: fail, on: done }',
        '- { id: e, handler: fetch_data, dependencies: [{ node: call, on: error }] }',
      ].join('\n'),
    ),
    [
      ['UNKNOWN_BRANCH', '/dag/nodes/4/dependencies/0/on', 11],
      ['UNKNOWN_BRANCH', '/dag/nodes/4/dependencies/1/on', 12],
      ['UNKNOWN_BRANCH', '/dag/nodes/4/dependencies/2/on/1', 13],
      ['UNKNOWN_BRANCH', '/dag/nodes/4/dependencies/3/on', 14],
      ['UNKNOWN_BRANCH', '/dag/nodes/5/dependencies/0/on', 15],
    ],
  ],
  // Expressions
  ['a condition that is no CEL', step('when: input.x >'), [['INVALID_EXPRESSION', '/dag/nodes/0/when', 6]]],
  ['a condition in braces', step('when: "{{ input.x }}"'), [['INVALID_EXPRESSION', '/dag/nodes/0/when', 6]]],
  [
    'a template that is no CEL',
    step('config:\n  deep:\n    - "{{ input. }}"'),
    [['INVALID_EXPRESSION', '/dag/nodes/0/config/deep/0', 8]],
  ],
  [
    'a step that is not upstream',
    nodes('- { id: a, handler: fetch_data }\n- id: b\n  handler: fetch_data\n  config:\n    x: "{{ a.output.y }}"'),
    [['UNREACHABLE_REFERENCE', '/dag/nodes/1/config/x', 8]],
  ],
  [
    'steps that there are not',
    nodes(
      [
        '- { id: fetch-all, handler: fetch_data }',
        '- id: b',
        '  handler: fetch_data',
        '  dependencies: [fetch-all]',
        '  config:',
        '    a: "{{ fetch_al.output }}"',
        '    b: "{{ nodes[\'fetch-al\'].output.x }}"',
        '    c: "{{ fetch-all.output }}"',
        '    d: "{{ somebody }}"',
      ].join('\n'),
    ),
    [
      ['UNREACHABLE_REFERENCE', '/dag/nodes/1/config/a', 9],
      ['UNREACHABLE_REFERENCE', '/dag/nodes/1/config/b', 10],
      ['INVALID_EXPRESSION', '/dag/nodes/1/config/c', 11],
      ['INVALID_EXPRESSION', '/dag/nodes/1/config/c', 11],
      ['INVALID_EXPRESSION', '/dag/nodes/1/config/d', 12],
    ],
  ],
  [
    'the input in a trigger, the execution in a key',
    top(
      'name: x\ntriggers:\n  - event: a.b\n    filter: input.x\n    input: { a: "{{ execution.id }}", b: "{{ event.id }}" }\nidempotencyKey: "{{ execution.id }}"',
    ),
    [
      ['UNREACHABLE_REFERENCE', '/triggers/0/filter', 4],
      ['UNREACHABLE_REFERENCE', '/triggers/0/input/a', 5],
      ['UNREACHABLE_REFERENCE', '/idempotencyKey', 6],
    ],
  ],
  ['its own output', step('output:\n  x: "{{ a.output }}"'), [['UNREACHABLE_REFERENCE', '/dag/nodes/0/output/x', 7]]],
  [
    'a secret in a control node',
    nodes('- id: a\n  handler: aggregate\n  config:\n    key: "{{ secrets.KEY }}"'),
    [['SECRET_NOT_ALLOWED', '/dag/nodes/0/config/key', 7]],
  ],
  ['a secret in the result', top('name: x\noutput:\n  key: "{{ secrets.KEY }}"'), [['SECRET_NOT_ALLOWED', '/output/key', 3]]],
  [
    'a step in a trigger',
    top('name: x\ntriggers:\n  - event: a.b\n    filter: a.output == 1'),
    [['UNREACHABLE_REFERENCE', '/triggers/0/filter', 4]],
  ],
  // Schemas and triggers
  ['an input that is no schema', top('name: x\ninput:\n  type: objekt'), [['INVALID_SCHEMA', '/input/type', 3]]],
  ['a schema from elsewhere', top('name: x\ninput:\n  $ref: https://example.com/s.json'), [['INVALID_SCHEMA', '/input/$ref', 3]]],
  [
    'a pattern that might take for ever',
    top('name: x\ninput:\n  properties:\n    a: { pattern: "^(?!x)(a+)+$" }'),
    [['INVALID_SCHEMA', '/input/properties/a/pattern', 4]],
  ],
  [
    'a trigger with a bad pattern and schema',
    top('name: x\ntriggers:\n  - event: orders.>.placed\n    schema:\n      required: id'),
    [
      ['INVALID_FIELD', '/triggers/0/event', 3],
      ['INVALID_SCHEMA', '/triggers/0/schema/required', 5],
    ],
  ],
  ['a trigger by nothing', top('name: x\ntriggers:\n  - filter: "true"'), [['INVALID_FIELD', '/triggers/0', 3]]],
  // Not yet
  [
    'a group',
    nodes('- id: a\n  handler: group\n  strategy: race\n  nodes: [{ id: b, handler: fetch_data }]'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  [
    'a map',
    nodes('- id: a\n  handler: map\n  items: "{{ input.xs }}"\n  nodes: [{ id: b, handler: fetch_data }]'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  [
    'a child',
    nodes('- id: a\n  handler: sub_workflow\n  config: { workflow: x }'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  ['a compensation', step('compensate: { handler: fetch_data }'), [['NOT_SUPPORTED_YET', '/dag/nodes/0/compensate', 6]]],
  ['a rate limit', step('rateLimit: { key: x, limit: 1, per: 1s }'), [['NOT_SUPPORTED_YET', '/dag/nodes/0/rateLimit', 6]]],
  ['concurrency', top('name: x\nconcurrency: { key: x, limit: 1 }'), [['NOT_SUPPORTED_YET', '/concurrency', 2]]],
  ['onFailure', top('name: x\nonFailure: leave'), [['NOT_SUPPORTED_YET', '/onFailure', 2]]],
  [
    'triggers of other kinds',
    top(
      'name: x\ntriggers:\n  - schedule: "0 * * * *"\n    timezone: UTC\n  - webhook: slug\n  - entity: order\n    on: [created]',
    ),
    [
      ['NOT_SUPPORTED_YET', '/triggers/0/schedule', 3],
      ['NOT_SUPPORTED_YET', '/triggers/1/webhook', 5],
      ['NOT_SUPPORTED_YET', '/triggers/2/entity', 6],
    ],
  ],
  // Source
  [
    'an unquoted template',
    nodes('- id: a\n  handler: fetch_data\n  config:\n    uri: {{ input.uri }}'),
    [['UNQUOTED_TEMPLATE', '/dag/nodes/0/config/uri', 7]],
  ],
  ['one field twice', top('name: x\nname: y'), [['DUPLICATE_KEY', '/name', 2]]],
];

function found(source: string, format?: 'yaml' | 'json') {
  const { definition, problems } = checkDefinition(parseDefinition(source, format), catalog);
  expect(definition).toBeUndefined();
  return problems;
}

describe('a broken definition', () => {
  it.each(broken)('%s', (_, source, expected) => {
    expect(found(source).map(({ code, pointer, line }) => [code, pointer, line])).toEqual(expected);
  });

  it.each(broken.slice(0, -2))('in JSON: %s', (_, source, expected) => {
    const parsed = parseDefinition(source);
    const json = JSON.stringify(parsed.readable ? parsed.document : null, null, 2);
    const lines = json.split('\n');
    const problems = found(json, 'json');
    expect(problems.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual(
      expected.map(([code, pointer]) => `${code} ${pointer}`).sort(),
    );
    for (const { pointer, line } of problems) {
      const name = pointer.split('/').at(-1)!.replaceAll('~1', '/');
      const text = lines[line! - 1]!;
      if (!/^\d*$/.test(name) && expected.some(([, at]) => at === pointer)) {
        expect(text.includes(`"${name}"`) || pointer.endsWith('/config')).toBe(true);
      }
    }
  });

  it('has all its problems named at once, in the order of the document', () => {
    const source = [
      'name: Everything',
      'timeout: soon',
      'triggers:',
      '  - event: a..b',
      'dag:',
      '  nodes:',
      '    - id: first step',
      '      handler: fetch_dta',
      '      retry: { retries: many }',
      '    - id: second',
      '      handler: call_external_service',
      '      dependencies: [frist, { node: third, on: done }]',
      '      when: input.x ==',
      '      config: { url: "{{ third.output }}", method: 3 }',
      '    - { id: third, handler: fetch_data }',
      'output: { a: "{{ secrets.X }}" }',
    ].join('\n');
    expect(found(source).map(({ code, pointer, line }) => [code, pointer, line])).toEqual([
      ['INVALID_DURATION', '/timeout', 2],
      ['INVALID_FIELD', '/triggers/0/event', 4],
      ['INVALID_ID', '/dag/nodes/0/id', 7],
      ['UNKNOWN_HANDLER', '/dag/nodes/0/handler', 8],
      ['INVALID_FIELD', '/dag/nodes/0/retry/retries', 9],
      ['UNKNOWN_DEPENDENCY', '/dag/nodes/1/dependencies/0', 12],
      ['UNKNOWN_BRANCH', '/dag/nodes/1/dependencies/1/on', 12],
      ['INVALID_EXPRESSION', '/dag/nodes/1/when', 13],
      ['INVALID_CONFIG', '/dag/nodes/1/config/method', 14],
      ['SECRET_NOT_ALLOWED', '/output/a', 16],
    ]);
  });

  it('is told what was probably meant', () => {
    const hints = (source: string) => found(source).map(({ hint }) => hint);
    expect(hints(nodes('- id: a\n  handler: fetc_data'))).toEqual(['did you mean `fetch_data`?']);
    expect(hints(step('dependancies: []'))).toEqual(['did you mean `dependencies`?']);
    expect(hints(nodes('- { id: parse, handler: fetch_data }\n- { id: b, handler: fetch_data, dependencies: [prase] }'))).toEqual(
      ['did you mean `parse`?'],
    );
    expect(hints(step('when: "{{ input.x }}"'))).toEqual(['this is CEL as it stands: leave out the braces']);
  });

  it('names the nodes of a cycle in the order in which they would run', () => {
    const source = nodes(
      ['a: [c]', 'b: [a]', 'c: [b]', 'd: [c]']
        .map((line) => `- { id: ${line[0]}, handler: fetch_data, dependencies: ${line.slice(3)} }`)
        .join('\n'),
    );
    expect(found(source)).toMatchObject([{ code: 'CYCLE', message: expect.stringContaining('`a` → `b` → `c` → `a`') }]);
  });

  it('with too many nodes is refused as a whole', () => {
    const many = { name: 'x', dag: { nodes: Array.from({ length: 2_001 }, (_, n) => ({ id: `n${n}`, handler: 'nobody' })) } };
    expect(found(JSON.stringify(many))).toMatchObject([{ code: 'TOO_LARGE', pointer: '/dag/nodes', line: 1 }]);
  });

  it('with thousands of problems names the first thousand', () => {
    const many = { name: 'x', dag: { nodes: Array.from({ length: 1_500 }, (_, n) => ({ id: `n${n}`, handler: 'nobody' })) } };
    const problems = found(JSON.stringify(many));
    expect(problems).toHaveLength(1_001);
    expect(problems.at(-1)?.code).toBe('TOO_MANY_PROBLEMS');
  });
});
