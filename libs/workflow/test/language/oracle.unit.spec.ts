import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@jetsaga/contracts';
import fc from 'fast-check';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import type { ForeseenScope, Prophecy } from './foreseen.ts';
import { prophesy } from './oracle.ts';
import { randomDefinitions } from './random-definition.ts';
import { outputAt, type Behaviour } from './world.ts';

const completes: Behaviour = { failuresFirst: 0, then: 'complete', branch: null };

/** What the oracle says of these nodes when the handlers at these paths fail. */
function foretold(nodes: string, failing: readonly string[] = [], input: Json = {}): Prophecy {
  const parsed = parseDefinition(`name: x\ndag:\n  nodes:\n${nodes.trim().replace(/^/gm, '    ')}`, 'yaml');
  if (!parsed.readable) throw new Error(parsed.problems.map(({ message }) => message).join());
  return prophesy(parsed.document, {
    input,
    behaviour: (path) => (failing.includes(path) ? { ...completes, then: 'fail' } : completes),
  });
}

/** Statuses by path, all the way down. */
function statuses(scope: ForeseenScope): Record<string, string> {
  return Object.fromEntries(
    [...scope.steps].flatMap(([id, step]) => [
      [scope.path === '' ? id : `${scope.path}/${id}`, step.status],
      ...step.scopes.flatMap((inner) => Object.entries(statuses(inner))),
    ]),
  );
}

const fails = (prophecy: Prophecy) => prophecy.root.unabsorbed.size > 0;

/** The table of small cases in the page on the workflow language. */
describe('the oracle, of small cases', () => {
  it.each<[string, string, readonly string[], Record<string, string>, boolean]>([
    [
      'charge → cleanup (settled); charge fails',
      `- { id: charge, handler: work }
- { id: cleanup, handler: work, dependencies: [charge], join: settled }`,
      ['charge'],
      { charge: 'FAILED', cleanup: 'COMPLETED' },
      true,
    ],
    [
      'a, b → c (any); a fails',
      `- { id: a, handler: work }
- { id: b, handler: work }
- { id: c, handler: work, dependencies: [a, b], join: any }`,
      ['a'],
      { a: 'FAILED', b: 'COMPLETED', c: 'COMPLETED' },
      false,
    ],
    [
      'x –failure→ h ← y; x fails, y is skipped',
      `- { id: x, handler: work }
- { id: y, handler: work, when: "false" }
- { id: h, handler: work, dependencies: [{ node: x, on: failure }, y] }`,
      ['x'],
      { x: 'FAILED', y: 'SKIPPED', h: 'COMPLETED' },
      false,
    ],
    [
      'x –failure→ h ← y; both fail',
      `- { id: x, handler: work }
- { id: y, handler: work }
- { id: h, handler: work, dependencies: [{ node: x, on: failure }, y] }`,
      ['x', 'y'],
      { x: 'FAILED', y: 'FAILED', h: 'SKIPPED' },
      true,
    ],
    [
      'the two arms of a condition join again',
      `- { id: check, handler: router, config: { routes: [{ when: input.n > 1, to: "true" }], default: "false" } }
- { id: a, handler: work, dependencies: [{ node: check, on: true }] }
- { id: b, handler: work, dependencies: [{ node: check, on: false }] }
- { id: z, handler: work, dependencies: [a, b] }`,
      [],
      { check: 'COMPLETED', a: 'COMPLETED', b: 'SKIPPED', z: 'COMPLETED' },
      false,
    ],
    [
      'a is skipped, b –always→ from a',
      `- { id: a, handler: work, when: "false" }
- { id: b, handler: work, dependencies: [{ node: a, on: always }] }`,
      [],
      { a: 'SKIPPED', b: 'SKIPPED' },
      false,
    ],
  ])('%s', (_, nodes, failing, expected, isFailure) => {
    const prophecy = foretold(nodes, failing, { n: 2 });
    expect(statuses(prophecy.root)).toEqual(expected);
    expect(fails(prophecy)).toBe(isFailure);
  });
});

const each = (fields: string) =>
  `- { id: each, handler: map, items: "{{ input.list }}", ${fields}, nodes: [{ id: do, handler: work }] }`;
const done = (index: number) => outputAt(`each[${index}]/do`);
const list = [7, 8, 9];

describe('the oracle, of a map', () => {
  it('gives the values of its items in their order, by the paths of all items', () => {
    const prophecy = foretold(each('filter: item > 7'), [], { list });
    expect(prophecy.outputs).toEqual([[done(1), done(2)]]);
    expect(statuses(prophecy.root)).toEqual({ each: 'COMPLETED', 'each[1]/do': 'COMPLETED', 'each[2]/do': 'COMPLETED' });
  });

  it('has an empty value for an empty list', () => {
    for (const strategy of ['wait_all', 'fail_fast', 'best_effort', 'race']) {
      expect(foretold(each(`strategy: ${strategy}`), [], { list: [] })).toMatchObject({ outputs: [[]], doubts: [] });
    }
  });

  it.each<[string, readonly number[], Prophecy['outputs'] | 'fails']>([
    ['wait_all', [], [[done(0), done(1), done(2)]]],
    ['wait_all', [1], 'fails'],
    ['fail_fast', [1], 'fails'],
    ['best_effort', [1], [[done(0), null, done(2)]]],
    ['best_effort', [0, 1, 2], 'fails'],
    [
      'race',
      [1],
      [
        [done(0), null, null],
        [null, null, done(2)],
      ],
    ],
    ['race', [0, 1, 2], 'fails'],
  ])('%s, of which the items %j fail', (strategy, failing, expected) => {
    const prophecy = foretold(
      each(`strategy: ${strategy}`),
      failing.map((index) => `each[${index}]/do`),
      { list },
    );
    expect(fails(prophecy)).toBe(expected === 'fails');
    if (expected !== 'fails') expect(prophecy.outputs).toEqual(expected);
  });

  it('binds item and index, and gives the leaves of several by id', () => {
    const prophecy = foretold(
      `
- id: each
  handler: map
  items: [5, 6]
  nodes:
    - { id: a, handler: aggregate, config: "{{ item * 10 + index }}" }
    - { id: b, handler: work, when: index == 0 }`,
    );
    expect(prophecy.outputs).toEqual([[{ a: 50, b: 'each[0]/b done' }, { a: 61 }]]);
  });
});

const both = (fields: string) => `
- id: both
  handler: group
  ${fields}
  nodes:
    - { id: a, handler: work }
    - { id: b, handler: work }
    - { id: c, handler: work, dependencies: [b] }`;

describe('the oracle, of a group', () => {
  it('gives the outputs of its leaves by id', () => {
    expect(foretold(both('')).outputs).toEqual([{ a: 'both/a done', c: 'both/c done' }]);
  });

  it.each<[string, readonly string[], boolean]>([
    ['wait_all', ['a'], true],
    ['fail_fast', ['b'], true],
    ['best_effort', ['a'], false],
    ['best_effort', ['a', 'c'], true],
    ['race', ['b'], false],
    ['race', ['a', 'c'], true],
  ])('%s, of which %j fail', (strategy, failing, isFailure) => {
    const prophecy = foretold(
      both(`strategy: ${strategy}`),
      failing.map((id) => `both/${id}`),
    );
    expect(fails(prophecy)).toBe(isFailure);
  });

  it('has as many outcomes as leaves that may win a race', () => {
    expect(foretold(both('strategy: race')).outputs).toEqual([{ a: 'both/a done' }, { c: 'both/c done' }]);
    expect(foretold(both('strategy: race'), ['both/b']).outputs).toEqual([{ a: 'both/a done' }]);
  });

  it('has failures absorbed inside, or outside of it', () => {
    const inside = `
- id: both
  handler: group
  nodes:
    - { id: a, handler: work }
    - { id: b, handler: work, dependencies: [{ node: a, on: failure }] }`;
    expect(foretold(inside, ['both/a']).outputs).toEqual([{ b: 'both/b done' }]);
    const outside = `${both('onError: continue')}\n- { id: after, handler: work, dependencies: [{ node: both, on: error }] }`;
    expect(foretold(outside, ['both/a']).outputs).toEqual(['after done']);
  });
});

it('knows something of nearly every definition that is made up, and of each kind of end', () => {
  const counts = { doubtful: 0, completed: 0, failed: 0, scopes: 0 };
  const drawn = fc.sample(randomDefinitions({ scopes: true }), { numRuns: 600, seed: 7 });
  for (const { document, world } of drawn) {
    const { root, doubts } = prophesy(document, world);
    if (doubts.length > 0) counts.doubtful += 1;
    else if (root.unabsorbed.size > 0) counts.failed += 1;
    else counts.completed += 1;
    counts.scopes += countScopes(root);
    expect(JSON.stringify(document).length).toBeLessThan(100_000);
  }
  expect(counts.doubtful).toBeLessThan(drawn.length / 8);
  expect(counts.completed).toBeGreaterThan(drawn.length / 4);
  expect(counts.failed).toBeGreaterThan(drawn.length / 5);
  expect(counts.scopes).toBeGreaterThan(drawn.length);
});

function countScopes(scope: ForeseenScope): number {
  const inner = [...scope.steps.values()].flatMap((step) => step.scopes);
  return inner.length + inner.reduce((sum, one) => sum + countScopes(one), 0);
}

it('finds no definition without scopes doubtful', () => {
  const drawn = fc.sample(randomDefinitions({ scopes: false }), { numRuns: 500, seed: 7 });
  const made: JsonObject[] = drawn.map(({ document }) => document);
  expect(made.some((document) => JSON.stringify(document).includes('"map"'))).toBe(false);
  expect(drawn.flatMap(({ document, world }) => prophesy(document, world).doubts)).toEqual([]);
});
