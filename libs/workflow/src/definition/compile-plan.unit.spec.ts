import { describe, expect, it } from '@jest/globals';
import type { HandlerFacts, Json } from '@jetsaga/contracts';
import { checkDefinition } from './check-definition.ts';
import { compilePlan, PlanCorrupt } from './compile-plan.ts';
import { matchesEventPattern } from './event-pattern.ts';
import { collectHandlerFacts } from './handler-facts.ts';
import { parseDefinition } from './parse-definition.ts';
import type { HandlerCatalog, PlanNode } from './plan.ts';

const catalog: HandlerCatalog = new Map([
  [
    'fetch',
    { queue: 'actions', branches: ['ok'], timeoutMs: 7_000, retry: { retries: 9, factor: 3 }, configSchema: {}, available: true },
  ],
  ['plain', { queue: 'ingestion', branches: [] }],
]);

function planOf(source: string) {
  const { definition, problems } = checkDefinition(parseDefinition(source), catalog, { allowUnknown: true });
  expect(problems).toEqual([]);
  const facts = collectHandlerFacts(definition!, catalog);
  return compilePlan({ document: definition!.document, key: definition!.key, version: 3 }, facts);
}

describe('a plan', () => {
  const plan = planOf(`
name: Everything
labels: { team: a }
timeout: 2h
priority: high
lifecycle: executions
retention: 7d
idempotencyKey: "{{ input.id }}"
input: { type: object, required: [id] }
output: { x: "{{ join.output }}" }
defaults: { retry: { retries: 1, initialDelay: 5 }, timeout: 20s }
triggers:
  - event: orders.*.placed
    filter: event.data.size < 10
    schema: { type: object, required: [size] }
    input: { id: "{{ event.data.id }}" }
dag:
  nodes:
    - { id: join, handler: output, dependencies: [left, { node: right, on: [a, true] }], join: settled }
    - { id: start, handler: input }
    - { id: left, handler: fetch, dependencies: [start], retry: { factor: 1.5, jitter: false, nonRetryable: [X] }, onError: continue }
    - { id: right, handler: router, dependencies: [{ node: left, on: always }], config: { routes: [{ when: input.x, to: a }], default: true } }
    - { id: late, handler: mine, queue: media, timeout: 1, queueTimeout: 1m, deadline: 1h, when: input.x, dependencies: [{ node: right, on: failure }] }
`);
  const node = (id: string): PlanNode => plan.root.nodes.get(id)!;

  it('has what the definition says of the whole', () => {
    expect(plan).toMatchObject({
      key: 'everything',
      name: 'Everything',
      version: 3,
      timeoutMs: 7_200_000,
      priority: 'high',
      lifecycle: 'executions',
      retentionMs: 7 * 86_400_000,
      labels: { team: 'a' },
      outputNode: 'join',
      onFailure: 'compensate',
    });
    expect(plan.output).not.toBeNull();
    expect(plan.idempotencyKey).not.toBeNull();
  });

  it('has its nodes in topological order, with their edges', () => {
    expect([...plan.root.nodes.keys()]).toEqual(['start', 'left', 'right', 'join', 'late']);
    expect(plan.root.roots).toEqual(['start']);
    expect(plan.root.leaves).toEqual(['join', 'late']);
    expect(node('join').incoming).toEqual([
      { from: 'left', to: 'join', on: { kind: 'success' } },
      { from: 'right', to: 'join', on: { kind: 'branches', branches: ['a', 'true'] } },
    ]);
    expect(node('left').outgoing.map(({ to }) => to)).toEqual(['join', 'right']);
    expect(node('right').incoming[0]?.on).toEqual({ kind: 'always' });
    expect(node('late').incoming[0]?.on).toEqual({ kind: 'failure' });
  });

  it('takes each setting from the nearest place that has it', () => {
    expect(node('left').retry).toEqual({
      retries: 1,
      initialDelayMs: 5_000,
      maxDelayMs: 60_000,
      factor: 1.5,
      jitter: false,
      nonRetryable: ['X'],
    });
    expect(node('left')).toMatchObject({
      timeoutMs: 20_000,
      queueTimeoutMs: null,
      deadlineMs: null,
      onError: 'continue',
      join: 'all',
    });
    expect(node('late')).toMatchObject({ timeoutMs: 1_000, queueTimeoutMs: 60_000, deadlineMs: 3_600_000, handler: 'mine' });
    expect(node('late').action).toMatchObject({ kind: 'task', queue: 'media' });
    expect(node('left').action).toMatchObject({ kind: 'task', queue: 'actions' });
  });

  it('falls back to what the handler declares, and then to what is built in', () => {
    const plain = planOf('name: x\ndag: { nodes: [{ id: a, handler: fetch }, { id: b, handler: plain }] }');
    expect(plain.root.nodes.get('a')).toMatchObject({
      timeoutMs: 7_000,
      retry: { retries: 9, factor: 3, initialDelayMs: 1_000 },
    });
    expect(plain.root.nodes.get('b')).toMatchObject({ timeoutMs: 300_000, retry: { retries: 3, factor: 2, maxDelayMs: 60_000 } });
    expect(plain).toMatchObject({
      outputNode: null,
      output: null,
      timeoutMs: null,
      retentionMs: 30 * 86_400_000,
      priority: 'normal',
    });
    expect(plain.checkInput('anything')).toEqual([]);
  });

  it('lets the queue of the definition go before the handler’s', () => {
    const routed = planOf('name: x\ndefaults: { queue: own }\ndag: { nodes: [{ id: a, handler: fetch }] }');
    expect(routed.root.nodes.get('a')?.action).toMatchObject({ queue: 'own' });
  });

  it('compiles control nodes into their parts', () => {
    expect(node('right').action).toMatchObject({ kind: 'router', route: null, routes: [{ to: 'a' }], fallback: 'true' });
    expect(node('join').action).toEqual({ kind: 'output', config: null });
    const control = planOf(`
name: x
dag:
  nodes:
    - { id: a, handler: delay, config: { for: 30s } }
    - { id: b, handler: delay, config: { until: "{{ input.at }}" } }
    - { id: c, handler: evaluate_condition, config: { logic: or, conditions: [{ field: input.a, operator: is_null }, { field: input.b, operator: changed_to, value: 1, previousValue: "{{ input.c }}" }] } }
    - { id: d, handler: router, config: { route: input.kind } }
    - { id: e, handler: emit_event, config: { type: a.b } }
    - { id: f, handler: fail }
    - { id: g, handler: aggregate, config: "{{ a.output }}", dependencies: [a] }
    - { id: h, handler: output, config: {} }
`);
    const action = (id: string) => control.root.nodes.get(id)?.action;
    expect(action('a')).toMatchObject({ kind: 'delay', mode: 'for' });
    expect(action('b')).toMatchObject({ kind: 'delay', mode: 'until' });
    expect(action('c')).toMatchObject({
      kind: 'evaluate_condition',
      logic: 'or',
      conditions: [
        { field: { source: 'input.a' }, operator: 'is_null', previousValue: null },
        { field: { source: 'input.b' }, operator: 'changed_to' },
      ],
    });
    expect(action('d')).toMatchObject({ kind: 'router', route: { source: 'input.kind' }, routes: [], fallback: null });
    expect(['e', 'f', 'g', 'h'].map((id) => action(id)?.kind)).toEqual(['emit_event', 'fail', 'aggregate', 'output']);
    expect(action('h')).toMatchObject({ config: null });
  });

  it('checks input and events', () => {
    expect(plan.checkInput({ id: 1 })).toEqual([]);
    expect(plan.checkInput({})).toEqual([{ pointer: '', message: '`id` is missing' }]);
    expect(plan.checkInput(null)).toEqual([{ pointer: '', message: 'must be object, not null' }]);
    const [trigger] = plan.triggers;
    expect(trigger).toMatchObject({ event: 'orders.*.placed' });
    expect(trigger?.check({ size: 1 })).toEqual([]);
    expect(trigger?.check({})).toHaveLength(1);
    expect(trigger?.filter).not.toBeNull();
  });
});

describe('facts of handlers', () => {
  it('are those of the handlers in use, without their schemas', () => {
    const document = {
      name: 'x',
      dag: {
        nodes: [
          { id: 'a', handler: 'fetch' },
          { id: 'b', handler: 'router' },
          { id: 'c', handler: 'gone' },
        ],
      },
    };
    expect(collectHandlerFacts({ document }, catalog)).toEqual({
      fetch: { queue: 'actions', branches: ['ok'], timeoutMs: 7_000, retry: { retries: 9, factor: 3 } },
    });
  });
});

describe('a stored definition that makes no sense', () => {
  const task = { id: 'a', handler: 'fetch' };
  const facts: Record<string, HandlerFacts> = { fetch: { queue: 'actions', branches: [] } };
  it.each<[string, Json, Record<string, HandlerFacts>]>([
    ['no document', null, facts],
    ['another shape', { name: 'x', dag: { nodes: {} } }, facts],
    ['a later field', { name: 'x', onFailure: {}, dag: { nodes: [task] } }, facts],
    ['no queue', { name: 'x', dag: { nodes: [task] } }, {}],
    ['a queue from the prototype', { name: 'x', dag: { nodes: [{ id: 'a', handler: 'constructor' }] } }, {}],
    ['a dependency on nothing', { name: 'x', dag: { nodes: [{ ...task, dependencies: ['b'] }] } }, facts],
    [
      'a cycle',
      {
        name: 'x',
        dag: {
          nodes: [
            { ...task, dependencies: ['b'] },
            { ...task, id: 'b', dependencies: ['a'] },
          ],
        },
      },
      facts,
    ],
    ['an id twice', { name: 'x', dag: { nodes: [task, task] } }, facts],
    ['an expression that does not compile', { name: 'x', dag: { nodes: [{ ...task, when: '1 +' }] } }, facts],
    ['a router without routes', { name: 'x', dag: { nodes: [{ id: 'a', handler: 'evaluate_condition' }] } }, facts],
    ['a schema that does not compile', { name: 'x', input: { type: 'nothing' }, dag: { nodes: [task] } }, facts],
  ])('%s is PLAN_CORRUPT', (_, document, handlers) => {
    expect(() => compilePlan({ document, key: 'x', version: 1 }, handlers)).toThrow(PlanCorrupt);
    expect(() => compilePlan({ document, key: 'x', version: 1 }, handlers)).toThrow(
      expect.objectContaining({ code: 'PLAN_CORRUPT' }),
    );
  });
});

describe('an event pattern', () => {
  it.each([
    ['orders.placed', 'orders.placed', true],
    ['orders.placed', 'orders.placed.late', false],
    ['orders.*', 'orders.placed', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.placed.late', false],
    ['*.placed', 'orders.placed', true],
    ['orders.>', 'orders', false],
    ['orders.>', 'orders.a', true],
    ['orders.>', 'orders.a.b.c', true],
    ['>', 'orders', true],
    ['a.*.c.>', 'a.b.c.d', true],
    ['a.*.c.>', 'a.b.d.d', false],
  ])('%s and %s: %s', (pattern, type, matches) => expect(matchesEventPattern(pattern, type)).toBe(matches));
});

describe('a definition of 2,000 nodes', () => {
  it('compiles in moderate time', () => {
    const nodes = Array.from({ length: 2_000 }, (_, n) => ({
      id: `n${n}`,
      handler: n % 10 === 9 ? 'evaluate_condition' : 'plain',
      dependencies: n === 0 ? [] : [...new Set([n - 1, n >> 1])].map((other) => `n${other}`),
      config:
        n % 10 === 9
          ? { conditions: [{ field: 'input.x', operator: 'equals', value: n }] }
          : { x: n === 0 ? '{{ input.a }}' : `{{ n${n - 1}.output.value + ${n} }}`, y: ['text', n] },
      ...(n % 7 === 0 && { when: `input.limit > ${n}` }),
    }));
    const source = JSON.stringify({ name: 'Large', dag: { nodes } });
    const times: Record<string, number> = {};
    const timed = <T>(what: string, work: () => T): T => {
      const began = performance.now();
      const result = work();
      times[what] = Math.round(performance.now() - began);
      return result;
    };
    const parsed = timed('parse', () => parseDefinition(source));
    const { definition, problems } = timed('check', () => checkDefinition(parsed, catalog));
    expect(problems).toEqual([]);
    const facts = collectHandlerFacts(definition!, catalog);
    const plan = timed('compile', () => compilePlan({ ...definition!, version: 1 }, facts));
    expect(plan.root.nodes.size).toBe(2_000);
    process.stdout.write(`2,000 nodes, ms: ${JSON.stringify(times)}\n`);
    expect(times.compile).toBeLessThan(5_000);
  });
});
