import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDefinition, type CheckOptions } from './check-definition.ts';
import { compilePlan } from './compile-plan.ts';
import { collectHandlerFacts } from './handler-facts.ts';
import { parseDefinition } from './parse-definition.ts';
import type { HandlerCatalog } from './plan.ts';

const catalog: HandlerCatalog = new Map([
  ['fetch', { queue: 'actions', branches: [] }],
  ['call', { queue: 'actions', branches: ['ok', 'client_error'], configSchema: { type: 'object' } }],
  ['idle', { queue: 'media', branches: [], available: false }],
]);

const check = (source: string, options?: CheckOptions) => checkDefinition(parseDefinition(source), catalog, options);
const warned = (source: string, options?: CheckOptions) => {
  const { problems, warnings } = check(source, options);
  expect(problems).toEqual([]);
  return warnings.map(({ code, pointer, line }) => [code, pointer, line]);
};

describe('a definition that is right', () => {
  it('is handed out with its key and hash', () => {
    const { definition, problems } = check('name: Größe prüfen!\ndag: { nodes: [{ id: a, handler: fetch }] }');
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({ key: 'gro-e-prufen', name: 'Größe prüfen!', format: 'yaml' });
    expect(definition?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has one hash, however it is written', () => {
    const yaml = check('name: x\nlabels: { b: "2", a: "1" }\ndag:\n  nodes:\n    - { id: a, handler: fetch }');
    const json = check('{"dag": {"nodes": [{"handler": "fetch", "id": "a"}]}, "labels": {"a": "1", "b": "2"}, "name": "x"}');
    const other = check('name: x\nlabels: { b: "2", a: "3" }\ndag: { nodes: [{ id: a, handler: fetch }] }');
    expect(yaml.definition?.hash).toBe(json.definition?.hash);
    expect(other.definition?.hash).not.toBe(json.definition?.hash);
  });

  it.each([
    ['linear', [[], ['a'], ['b']]],
    ['fan-out and fan-in', [[], ['a'], ['a'], ['b', 'c']]],
  ])('may come from another engine as it is: %s', (_, dependencies) => {
    const ids = ['a', 'b', 'c', 'd'];
    const nodes = dependencies.map((list, index) => ({
      id: ids[index],
      handler: index === 0 ? 'input' : index === dependencies.length - 1 ? 'output' : 'fetch',
      dependencies: list,
      config: {},
    }));
    expect(warned(JSON.stringify({ name: 'Other engine', dag: { nodes } }))).toEqual([]);
  });
});

describe('a definition that is allowed, and yet', () => {
  it('marks neither its beginning nor its end', () => {
    expect(warned('name: x\ndag:\n  nodes: [{ id: a, handler: fetch }]')).toEqual([
      ['NO_INPUT_NODE', '/dag/nodes', 3],
      ['NO_OUTPUT_NODE', '/dag/nodes', 3],
    ]);
  });

  it('has what looks like a slip', () => {
    const source = [
      'name: x',
      'output: { read: "{{ used.output }}" }',
      'dag:',
      '  nodes:',
      '    - { id: start, handler: input, config: { a: 1 } }',
      '    - { id: call, handler: call, dependencies: [start] }',
      '    - { id: after, handler: idle, dependencies: [call, { node: start, on: success }] }',
      '    - { id: alone, handler: fetch }',
      '    - { id: used, handler: fetch }',
      '    - { id: event, handler: fetch, dependencies: [{ node: call, on: success }] }',
    ].join('\n');
    expect(warned(source)).toEqual([
      ['UNUSED_CONFIG', '/dag/nodes/0/config', 5],
      ['NO_WORKER', '/dag/nodes/2/handler', 7],
      ['UNCHECKED_BRANCH', '/dag/nodes/2/dependencies/0', 7],
      ['UNUSED_NODE', '/dag/nodes/3', 8],
      ['HIDDEN_ID', '/dag/nodes/5/id', 10],
    ]);
  });

  it('asks for handlers nobody has seen, when that is allowed', () => {
    const source = (node: string) =>
      `name: x\ndag:\n  nodes: [{ id: a, handler: input }, { id: b, dependencies: [a], handler: ${node} }, { id: c, handler: output, dependencies: [b] }]`;
    expect(warned(source('later, queue: media'), { allowUnknown: true })).toEqual([
      ['UNKNOWN_HANDLER', '/dag/nodes/1/handler', 3],
    ]);
    expect(warned(`defaults: { queue: media }\n${source('later')}`, { allowUnknown: true })).toHaveLength(1);
    expect(check(source('later'), { allowUnknown: true }).problems).toMatchObject([
      { code: 'INVALID_FIELD', pointer: '/dag/nodes/1/handler', hint: expect.stringContaining('queue') },
    ]);
    expect(check(source('Later.>, queue: media'), { allowUnknown: true }).problems).toMatchObject([{ code: 'INVALID_FIELD' }]);
    expect(check(source('later')).problems).toMatchObject([{ code: 'UNKNOWN_HANDLER' }]);
  });
});

describe('whatever is given', () => {
  const name = fc.constantFrom(
    'name',
    'key',
    'dag',
    'nodes',
    'id',
    'handler',
    'dependencies',
    'node',
    'on',
    'config',
    'when',
    'output',
    'input',
  );
  const more = fc.constantFrom(
    'retry',
    'timeout',
    'triggers',
    'event',
    'filter',
    'schema',
    'defaults',
    'route',
    'routes',
    'conditions',
    '$ref',
    'x',
  );
  const word = fc.constantFrom(
    'a',
    'b',
    'fetch',
    'call',
    'router',
    'evaluate_condition',
    'delay',
    'map',
    '{{ a.output }}',
    '{{',
    '1s',
    '#',
    'success',
  );
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      word,
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('document'), { maxLength: 4 }),
    map: fc.dictionary(fc.oneof(name, more), tie('document'), { maxKeys: 6 }),
  }));
  const mostly = <T>(usual: readonly T[]) =>
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: document });
  const node = fc.record(
    {
      id: fc.constantFrom('a', 'b', 'c', 'a-b'),
      handler: mostly(['fetch', 'call', 'output', 'aggregate', 'fail', 'router', 'delay', 'evaluate_condition']),
      dependencies: mostly<unknown>([[], [], ['a'], ['b', { node: 'a', on: 'failure' }]]),
      config: mostly<unknown>([
        {},
        { x: '{{ input.y }}' },
        { for: '1s' },
        { route: 'input.x' },
        { routes: '{{ x }}' },
        { routes: ['{{ x }}'], conditions: ['{{ x }}'] },
        { x: '{{ a.output }}' },
      ]),
      when: mostly(['true', 'input.x == 1', 'nodes["a-b"].branch == "x"', '1 +']),
    },
    { requiredKeys: ['id', 'handler'] },
  );
  const nodes = fc.uniqueArray(node, { minLength: 1, maxLength: 4, selector: ({ id }) => id });
  const definition = fc.record(
    {
      name: fc.constant('x'),
      dag: fc.record({ nodes }),
      triggers: mostly<unknown>([[], [{ event: 'a.b' }]]),
      input: mostly<unknown>([true, { type: 'object' }]),
    },
    { requiredKeys: ['name', 'dag'] },
  );

  it('is never thrown at, and what is accepted compiles', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(document, definition), (value) => {
        const result = checkDefinition(parseDefinition(JSON.stringify(value), 'json'), catalog);
        for (const problem of result.problems)
          expect(problem).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
        expect(result.definition === undefined).toBe(result.problems.length > 0);
        if (result.definition === undefined) return;
        accepted += 1;
        const facts = collectHandlerFacts(result.definition, catalog);
        expect(compilePlan({ ...result.definition, version: 1 }, facts).root.nodes.size).toBeGreaterThan(0);
      }),
      { numRuns: 1_500, interruptAfterTimeLimit: 20_000 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it('of random DAGs, each is accepted and ordered', () => {
    const dag = fc
      .integer({ min: 1, max: 30 })
      .chain((size) =>
        fc.tuple(
          ...Array.from({ length: size }, (_, index) =>
            fc.uniqueArray(fc.nat({ max: Math.max(0, index - 1) }), { maxLength: Math.min(index, 4) }),
          ),
        ),
      );
    fc.assert(
      fc.property(dag, fc.infiniteStream(fc.nat()), (edges, shuffle) => {
        const nodes = edges
          .map((list, index) => ({ id: `n${index}`, handler: 'fetch', dependencies: list.map((other) => `n${other}`) }))
          .map((one) => ({ one, rank: shuffle.next().value as number }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        const { definition, problems } = check(JSON.stringify({ name: 'x', dag: { nodes } }));
        expect(problems).toEqual([]);
        const { root } = compilePlan({ ...definition!, version: 1 }, collectHandlerFacts(definition!, catalog));
        const order = [...root.nodes.keys()];
        for (const { id, dependencies } of nodes) {
          for (const other of dependencies) expect(order.indexOf(other)).toBeLessThan(order.indexOf(id));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of random graphs, exactly those with a way round have a cycle', () => {
    const graph = fc.uniqueArray(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })), {
      maxLength: 14,
      selector: ([a, b]) => `${a} ${b}`,
    });
    fc.assert(
      fc.property(graph, (pairs) => {
        const edges = pairs.filter(([a, b]) => a !== b);
        const nodes = Array.from({ length: 8 }, (_, n) => ({
          id: `n${n}`,
          handler: 'fetch',
          dependencies: edges.filter(([to]) => to === n).map(([, from]) => `n${from}`),
        }));
        const left = new Set(nodes.map(({ id }) => id));
        for (let before = -1; before !== left.size;) {
          before = left.size;
          for (const { id, dependencies } of nodes) if (dependencies.every((other) => !left.has(other))) left.delete(id);
        }
        const codes = check(JSON.stringify({ name: 'x', dag: { nodes } })).problems.map(({ code }) => code);
        expect(codes.includes('CYCLE')).toBe(left.size > 0);
        expect(codes.filter((code) => code !== 'CYCLE')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
