import type { HandlerFacts, Json } from '@jetsaga/contracts';

/** Handlers that the broken definitions below take for known. */
export const brokenDefinitionHandlers = new Map<string, HandlerFacts & { readonly configSchema?: Json }>([
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
export const nodesText = (text: string) => `name: Test\ndag:\n  nodes:\n${text.replace(/^/gm, '    ')}`;
export const stepText = (text: string) => nodesText(`- id: a\n  handler: fetch_data\n${text.replace(/^/gm, '  ')}`);
/** The head begins in line 1. */
export const headText = (text: string) => `${text}\ndag: { nodes: [{ id: a, handler: fetch_data }] }`;

/** Definitions that are wrong in one way or several, each with all its problems. */
export const brokenDefinitions: readonly (readonly [what: string, source: string, expected: Expected])[] = [
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
  ['a misspelt field', stepText('dependancies: []'), [['INVALID_FIELD', '/dag/nodes/0/dependancies', 6]]],
  ['a field of the wrong type', stepText('dependencies: b'), [['INVALID_FIELD', '/dag/nodes/0/dependencies', 6]]],
  ['a join that there is not', stepText('join: every'), [['INVALID_FIELD', '/dag/nodes/0/join', 6]]],
  ['a retry too often', stepText('retry:\n  retries: 5000'), [['INVALID_FIELD', '/dag/nodes/0/retry/retries', 7]]],
  ['a node without a handler', nodesText('- id: a'), [['INVALID_FIELD', '/dag/nodes/0', 4]]],
  [
    'a node that is a text',
    nodesText('- a\n- b'),
    [
      ['INVALID_FIELD', '/dag/nodes/0', 4],
      ['INVALID_FIELD', '/dag/nodes/1', 5],
    ],
  ],
  ['an id with a blank', nodesText('- id: my step\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['an id that is a number', nodesText('- id: 1\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['an id far too long', nodesText(`- id: ${'x'.repeat(129)}\n  handler: fetch_data`), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['the id __proto__', nodesText('- id: __proto__\n  handler: fetch_data'), [['INVALID_ID', '/dag/nodes/0/id', 4]]],
  ['a key in capitals', headText('name: x\nkey: My_Key'), [['INVALID_KEY', '/key', 2]]],
  ['a name that makes no key', headText('name: "日本語"'), [['INVALID_KEY', '/name', 1]]],
  ['a label that is a number', headText('name: x\nlabels:\n  team: 7'), [['INVALID_FIELD', '/labels/team', 3]]],
  ['a misspelt priority', headText('name: x\npriority: urgent'), [['INVALID_FIELD', '/priority', 2]]],
  // Durations
  ['a timeout in words', headText('name: x\ntimeout: soon'), [['INVALID_DURATION', '/timeout', 2]]],
  ['a timeout of nothing', stepText('timeout: 0s'), [['INVALID_DURATION', '/dag/nodes/0/timeout', 6]]],
  [
    'a timeout in weeks',
    stepText('timeout: 2w\ndeadline: 1y'),
    [
      ['INVALID_DURATION', '/dag/nodes/0/timeout', 6],
      ['INVALID_DURATION', '/dag/nodes/0/deadline', 7],
    ],
  ],
  [
    'a delay below zero',
    stepText('retry:\n  retries: 1\n  initialDelay: -1'),
    [['INVALID_DURATION', '/dag/nodes/0/retry/initialDelay', 8]],
  ],
  ['a timeout of ages', headText('name: x\ntimeout: 99999999d'), [['INVALID_DURATION', '/timeout', 2]]],
  [
    'a delay for who knows',
    nodesText('- id: a\n  handler: delay\n  config: { for: a while }'),
    [['INVALID_DURATION', '/dag/nodes/0/config/for', 6]],
  ],
  // Graph
  [
    'one id twice',
    nodesText('- id: a\n  handler: fetch_data\n- id: a\n  handler: fetch_data'),
    [['DUPLICATE_ID', '/dag/nodes/1/id', 6]],
  ],
  ['a dependency on nothing', stepText('dependencies:\n  - b'), [['UNKNOWN_DEPENDENCY', '/dag/nodes/0/dependencies/0', 7]]],
  ['a dependency on oneself', stepText('dependencies: [a]'), [['SELF_DEPENDENCY', '/dag/nodes/0/dependencies/0', 6]]],
  [
    'a dependency twice',
    nodesText(
      '- { id: a, handler: fetch_data }\n- id: b\n  handler: fetch_data\n  dependencies:\n    - a\n    - { node: a, on: failure }',
    ),
    [['DUPLICATE_DEPENDENCY', '/dag/nodes/1/dependencies/1', 9]],
  ],
  [
    'a cycle',
    nodesText(
      '- { id: a, handler: fetch_data, dependencies: [c] }\n- { id: b, handler: fetch_data, dependencies: [a] }\n- { id: c, handler: fetch_data, dependencies: [b] }',
    ),
    [['CYCLE', '/dag/nodes/0/dependencies/0', 4]],
  ],
  [
    'two cycles',
    nodesText(
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
    nodesText(
      '- { id: a, handler: call_external_service, config: { url: http://x } }\n- id: b\n  handler: fetch_data\n  dependencies:\n    - node: a\n      on: [success, ok]',
    ),
    [['INVALID_FIELD', '/dag/nodes/1/dependencies/0/on', 9]],
  ],
  // Handlers, configuration, branches
  ['a handler nobody offers', nodesText('- id: a\n  handler: fetc_data'), [['UNKNOWN_HANDLER', '/dag/nodes/0/handler', 5]]],
  [
    'a configuration without the url',
    nodesText('- id: a\n  handler: call_external_service'),
    [['INVALID_CONFIG', '/dag/nodes/0/config', 4]],
  ],
  [
    'a configuration with three mistakes',
    nodesText('- id: a\n  handler: call_external_service\n  config:\n    url: no uri\n    method: FETCH\n    headrs: {}'),
    [
      ['INVALID_CONFIG', '/dag/nodes/0/config/url', 7],
      ['INVALID_CONFIG', '/dag/nodes/0/config/method', 8],
      ['INVALID_CONFIG', '/dag/nodes/0/config/headrs', 9],
    ],
  ],
  [
    'a mistake beside templates',
    nodesText(
      '- id: a\n  handler: call_external_service\n  config:\n    url: "{{ input.url }}"\n    method: "{{ input.method }}"\n    maxResponseBytes: many',
    ),
    [['INVALID_CONFIG', '/dag/nodes/0/config/maxResponseBytes', 9]],
  ],
  ['a router without routes', nodesText('- id: a\n  handler: router'), [['INVALID_CONFIG', '/dag/nodes/0/config', 4]]],
  [
    'a route with a reserved name',
    nodesText('- id: a\n  handler: router\n  config:\n    routes:\n      - { when: input.x, to: failure }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/routes/0/to', 8]],
  ],
  [
    'conditions without value, with an unknown operator',
    nodesText(
      '- id: a\n  handler: evaluate_condition\n  config:\n    conditions:\n      - { field: input.x, operator: equals }\n      - { field: input.x, operator: is_null }',
    ),
    [['INVALID_CONFIG', '/dag/nodes/0/config/conditions/0', 8]],
  ],
  [
    'an unknown operator',
    nodesText('- id: a\n  handler: evaluate_condition\n  config: { conditions: [{ field: x, operator: like }] }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/conditions/0/operator', 6]],
  ],
  [
    'a delay with two ends',
    nodesText('- id: a\n  handler: delay\n  config: { for: 1s, until: 2030-01-01 }'),
    [['INVALID_CONFIG', '/dag/nodes/0/config', 6]],
  ],
  [
    'a delay until never',
    nodesText('- id: a\n  handler: delay\n  config:\n    until: tomorrow'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/until', 7]],
  ],
  [
    'an event type with blanks',
    nodesText('- id: a\n  handler: emit_event\n  config:\n    type: order placed'),
    [['INVALID_CONFIG', '/dag/nodes/0/config/type', 7]],
  ],
  [
    'branches that there are not',
    nodesText(
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
  ['a condition that is no CEL', stepText('when: input.x >'), [['INVALID_EXPRESSION', '/dag/nodes/0/when', 6]]],
  ['a condition in braces', stepText('when: "{{ input.x }}"'), [['INVALID_EXPRESSION', '/dag/nodes/0/when', 6]]],
  [
    'a template that is no CEL',
    stepText('config:\n  deep:\n    - "{{ input. }}"'),
    [['INVALID_EXPRESSION', '/dag/nodes/0/config/deep/0', 8]],
  ],
  [
    'a step that is not upstream',
    nodesText('- { id: a, handler: fetch_data }\n- id: b\n  handler: fetch_data\n  config:\n    x: "{{ a.output.y }}"'),
    [['UNREACHABLE_REFERENCE', '/dag/nodes/1/config/x', 8]],
  ],
  [
    'steps that there are not',
    nodesText(
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
    headText(
      'name: x\ntriggers:\n  - event: a.b\n    filter: input.x\n    input: { a: "{{ execution.id }}", b: "{{ event.id }}" }\nidempotencyKey: "{{ execution.id }}"',
    ),
    [
      ['UNREACHABLE_REFERENCE', '/triggers/0/filter', 4],
      ['UNREACHABLE_REFERENCE', '/triggers/0/input/a', 5],
      ['UNREACHABLE_REFERENCE', '/idempotencyKey', 6],
    ],
  ],
  ['its own output', stepText('output:\n  x: "{{ a.output }}"'), [['UNREACHABLE_REFERENCE', '/dag/nodes/0/output/x', 7]]],
  [
    'a secret in a control node',
    nodesText('- id: a\n  handler: aggregate\n  config:\n    key: "{{ secrets.KEY }}"'),
    [['SECRET_NOT_ALLOWED', '/dag/nodes/0/config/key', 7]],
  ],
  [
    'a secret in the result',
    headText('name: x\noutput:\n  key: "{{ secrets.KEY }}"'),
    [['SECRET_NOT_ALLOWED', '/output/key', 3]],
  ],
  [
    'a step in a trigger',
    headText('name: x\ntriggers:\n  - event: a.b\n    filter: a.output == 1'),
    [['UNREACHABLE_REFERENCE', '/triggers/0/filter', 4]],
  ],
  // Schemas and triggers
  ['an input that is no schema', headText('name: x\ninput:\n  type: objekt'), [['INVALID_SCHEMA', '/input/type', 3]]],
  [
    'a schema from elsewhere',
    headText('name: x\ninput:\n  $ref: https://example.com/s.json'),
    [['INVALID_SCHEMA', '/input/$ref', 3]],
  ],
  [
    'a pattern that might take for ever',
    headText('name: x\ninput:\n  properties:\n    a: { pattern: "^(?!x)(a+)+$" }'),
    [['INVALID_SCHEMA', '/input/properties/a/pattern', 4]],
  ],
  [
    'a trigger with a bad pattern and schema',
    headText('name: x\ntriggers:\n  - event: orders.>.placed\n    schema:\n      required: id'),
    [
      ['INVALID_FIELD', '/triggers/0/event', 3],
      ['INVALID_SCHEMA', '/triggers/0/schema/required', 5],
    ],
  ],
  ['a trigger by nothing', headText('name: x\ntriggers:\n  - filter: "true"'), [['INVALID_FIELD', '/triggers/0', 3]]],
  // Flow control
  [
    'a limit of nothing, and an unknown way out',
    headText('name: x\nconcurrency:\n  limit: 0\n  onConflict: wait'),
    [
      ['INVALID_FIELD', '/concurrency/limit', 3],
      ['INVALID_FIELD', '/concurrency/onConflict', 4],
    ],
  ],
  [
    'a concurrency without a limit',
    headText('name: x\nconcurrency: { key: "{{ input.a }}" }'),
    [['INVALID_FIELD', '/concurrency', 2]],
  ],
  [
    'a concurrency key that reads a step',
    headText('name: x\nconcurrency: { key: "{{ a.output.x }}", limit: 1 }'),
    [['UNREACHABLE_REFERENCE', '/concurrency/key', 2]],
  ],
  [
    'a concurrency key that reads its execution',
    headText('name: x\nconcurrency: { key: "{{ execution.id }}", limit: 1 }'),
    [['UNREACHABLE_REFERENCE', '/concurrency/key', 2]],
  ],
  [
    'a rate limit of nothing, in no time',
    stepText('rateLimit:\n  limit: 0\n  per: soon'),
    [
      ['INVALID_FIELD', '/dag/nodes/0/rateLimit/limit', 7],
      ['INVALID_DURATION', '/dag/nodes/0/rateLimit/per', 8],
    ],
  ],
  [
    'a rate limit in no time at all',
    stepText('rateLimit: { limit: 1, per: 0s }'),
    [['INVALID_DURATION', '/dag/nodes/0/rateLimit/per', 6]],
  ],
  [
    'a rate limit whose key reads a step',
    nodesText(
      '- id: a\n  handler: fetch_data\n- id: b\n  handler: fetch_data\n  dependencies: [a]\n  rateLimit: { key: "{{ a.output.x }}", limit: 1, per: 1s }',
    ),
    [['UNREACHABLE_REFERENCE', '/dag/nodes/1/rateLimit/key', 9]],
  ],
  [
    'a rate limit of what no worker runs',
    nodesText('- id: a\n  handler: aggregate\n  config: {}\n  rateLimit: { limit: 1, per: 1s }'),
    [['INVALID_CONFIG', '/dag/nodes/0/rateLimit', 7]],
  ],
  // Not yet
  [
    'a group',
    nodesText('- id: a\n  handler: group\n  strategy: race\n  nodes: [{ id: b, handler: fetch_data }]'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  [
    'a map',
    nodesText('- id: a\n  handler: map\n  items: "{{ input.xs }}"\n  nodes: [{ id: b, handler: fetch_data }]'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  [
    'a child',
    nodesText('- id: a\n  handler: sub_workflow\n  config: { workflow: x }'),
    [['NOT_SUPPORTED_YET', '/dag/nodes/0/handler', 5]],
  ],
  ['a compensation', stepText('compensate: { handler: fetch_data }'), [['NOT_SUPPORTED_YET', '/dag/nodes/0/compensate', 6]]],
  ['onFailure', headText('name: x\nonFailure: leave'), [['NOT_SUPPORTED_YET', '/onFailure', 2]]],
  [
    'triggers of other kinds',
    headText(
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
    nodesText('- id: a\n  handler: fetch_data\n  config:\n    uri: {{ input.uri }}'),
    [['UNQUOTED_TEMPLATE', '/dag/nodes/0/config/uri', 7]],
  ],
  ['one field twice', headText('name: x\nname: y'), [['DUPLICATE_KEY', '/name', 2]]],
];
