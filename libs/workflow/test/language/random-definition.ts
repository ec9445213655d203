import type { Json, JsonObject } from '@jetsaga/contracts';
import fc from 'fast-check';
import type { Behaviour, World } from './world.ts';

/** A definition as it could be written, the input of an execution, and what its workers are going to answer. */
export interface RandomDefinition {
  readonly document: JsonObject;
  readonly world: World;
  /** What `world` answers, by node: shown when a property fails. */
  readonly answers: Readonly<Record<string, readonly Behaviour[]>>;
}

export interface RandomDefinitionOptions {
  /** With `group` and `map`, two levels of them. */
  readonly scopes: boolean;
}

interface Sketch {
  readonly kind: 'work' | 'aggregate' | 'router' | 'fail' | 'group' | 'map';
  readonly dependencies: readonly { readonly back: number; readonly on: EdgeSketch }[];
  readonly join: 'all' | 'strict' | 'any' | 'settled';
  readonly when: string | undefined;
  readonly onError: 'fail' | 'continue';
  readonly retries: number;
  readonly reshaped: boolean;
  readonly behaviours: readonly Behaviour[];
  readonly body: readonly Sketch[];
  readonly bodyFields: JsonObject;
}

type EdgeSketch = 'success' | 'failure' | 'always' | readonly number[];

const workBranches = ['left', 'right'];

/** Mostly the first, the others now and then. */
function mostly<T>(first: T, ...others: readonly T[]): fc.Arbitrary<T> {
  const rare = others.map((value) => ({ weight: 1, arbitrary: fc.constant(value) }));
  return fc.oneof({ weight: 5, arbitrary: fc.constant(first) }, ...rare);
}

const edges: fc.Arbitrary<EdgeSketch> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('success' as const) },
  { weight: 2, arbitrary: fc.constant('failure' as const) },
  { weight: 2, arbitrary: fc.constant('always' as const) },
  { weight: 3, arbitrary: fc.subarray([0, 1, 2], { minLength: 1 }) },
);

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  failuresFirst: mostly(0, 1, 2),
  then: mostly('complete', 'fail'),
  branch: fc.constantFrom(null, ...workBranches),
});

const kinds = {
  flat: ['work', 'work', 'work', 'work', 'work', 'work', 'aggregate', 'router'],
  scoped: ['work', 'work', 'work', 'work', 'aggregate', 'group', 'map', 'map'],
} as const;

/** `depth`: how many levels of scopes there may be beneath. */
function sketches(depth: number, where: 'root' | 'group' | 'map'): fc.Arbitrary<readonly Sketch[]> {
  const insideMap = where === 'map';
  const conditions = ['input.n > 2', 'input.n < 4', ...(insideMap ? ['index < 1', 'item != 2'] : [])];
  const sketch = (kind: Sketch['kind']): fc.Arbitrary<Sketch> =>
    fc.record({
      kind: fc.constant(kind),
      dependencies: fc.array(fc.record({ back: fc.nat(20), on: edges }), { maxLength: 3 }),
      join: fc.constantFrom('all', 'all', 'all', 'strict', 'any', 'any', 'settled'),
      when: mostly<string | undefined>(undefined, ...conditions),
      onError: mostly('fail', 'continue'),
      retries: fc.nat(2),
      reshaped: mostly(false, true),
      behaviours: fc.array(behaviours, { minLength: 1, maxLength: kind === 'work' && insideMap ? 3 : 1 }),
      body:
        kind === 'group'
          ? sketches(depth - 1, insideMap ? 'map' : 'group')
          : kind === 'map'
            ? sketches(depth - 1, 'map')
            : fc.constant([]),
      bodyFields: kind === 'group' ? groups : kind === 'map' ? maps : fc.constant({}),
    });
  const all = [...(depth > 0 ? kinds.scoped : kinds.flat), ...(where === 'root' ? (['fail'] as const) : [])];
  const one = fc.constantFrom(...all).chain(sketch);
  return fc.array(one, { minLength: 1, maxLength: where === 'root' ? 10 : 4 });
}

const strategies = fc.constantFrom('wait_all', 'fail_fast', 'best_effort', 'race');
const groups: fc.Arbitrary<JsonObject> = fc.record({ strategy: strategies }, { requiredKeys: [] });
const lists = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
const maps: fc.Arbitrary<JsonObject> = fc.record(
  {
    items: fc.oneof(fc.constant('{{ input.list }}'), lists),
    filter: fc.constantFrom('item > 1', 'index < 3'),
    strategy: strategies,
    maxConcurrency: fc.integer({ min: 1, max: 3 }),
    mode: fc.constantFrom('parallel', 'sequential'),
  },
  { requiredKeys: ['items'] },
);

/** Any definition of up to ten nodes at the root, with every join and edge, and what its workers are going to answer. */
export function randomDefinitions({ scopes }: RandomDefinitionOptions): fc.Arbitrary<RandomDefinition> {
  return fc
    .record({
      drawn: sketches(scopes ? 2 : 0, 'root'),
      input: fc.record({ n: fc.integer({ min: 0, max: 5 }), list: lists }),
      output: fc.option(fc.nat(20), { nil: undefined, freq: 3 }),
    })
    .map(({ drawn, input, output }) => {
      const byNode = new Map<string, readonly Behaviour[]>();
      const nodes = written(drawn, 'n', false, byNode);
      const read = output === undefined ? undefined : `n${output % nodes.length}`;
      const result = read && { output: { [read]: `{{ default(${read}.output, 'none') }}` } };
      return {
        document: { name: 'Random', dag: { nodes }, ...result },
        world: { input, behaviour: behaviourOf(byNode) },
        answers: Object.fromEntries(byNode),
      };
    });
}

/** Inner ids differ from outer ones: nothing is hidden. */
function written(
  drawn: readonly Sketch[],
  prefix: string,
  insideMap: boolean,
  byNode: Map<string, readonly Behaviour[]>,
): JsonObject[] {
  return drawn.map((one, index): JsonObject => {
    const id = `${prefix}${index}`;
    byNode.set(id, one.behaviours);
    const earlier = new Map(index === 0 ? [] : one.dependencies.map(({ back, on }) => [back % index, on] as const));
    const ids = [...earlier.keys()].map((number) => `${prefix}${number}`);
    const dependencies = [...earlier].map(([number, on]) => edge(`${prefix}${number}`, drawn[number]!, on));
    const isControl = one.kind !== 'work';
    return {
      id,
      handler: one.kind,
      ...(dependencies.length > 0 && { dependencies }),
      ...(one.join !== 'all' && { join: one.join }),
      ...(one.when !== undefined && { when: one.when }),
      ...(one.onError !== 'fail' && { onError: one.onError }),
      ...(!isControl && { retry: { retries: one.retries } }),
      ...(one.reshaped && one.kind !== 'fail' && { output: { reshaped: '{{ result }}' } }),
      ...configOf(one, ids, insideMap),
      ...(one.body.length > 0 && {
        ...one.bodyFields,
        nodes: written(one.body, `${id}_`, insideMap || one.kind === 'map', byNode),
      }),
    };
  });
}

function configOf({ kind }: Sketch, dependencies: readonly string[], insideMap: boolean): { readonly config?: Json } {
  switch (kind) {
    case 'aggregate': {
      const seen = Object.fromEntries(dependencies.map((id) => [id, `{{ default(${id}.output, 'none') }}`]));
      return { config: { seen, ...(insideMap && { item: '{{ item }}', index: '{{ index }}' }) } };
    }
    case 'router':
      return { config: { routes: [{ when: 'input.n > 3', to: 'left' }], default: 'right' } };
    case 'fail':
      return { config: { code: 'ENDED', message: 'it was to end here' } };
    case 'work':
    case 'group':
    case 'map':
      return {};
  }
}

function edge(node: string, from: Sketch, on: EdgeSketch): Json {
  if (on === 'success') return node;
  if (typeof on === 'string') return { node, on };
  const named = from.kind === 'work' || from.kind === 'router' ? workBranches : [];
  const known = [...named, ...(from.onError === 'continue' ? ['error'] : [])];
  const chosen = on.flatMap((number) => known[number] ?? []);
  return chosen.length === 0 ? node : { node, on: chosen };
}

/** By the node and the items that lead to it: `n2[3]/n2_0` is the answer number 3 of `n2_0`. */
function behaviourOf(byNode: ReadonlyMap<string, readonly Behaviour[]>): World['behaviour'] {
  return (path) => {
    const answers = byNode.get(path.slice(path.lastIndexOf('/') + 1));
    const number = [...path.matchAll(/\[(\d+)\]/g)].reduce((sum, match) => sum + Number(match[1]), 0);
    const answer = answers?.[number % answers.length];
    if (!answer) throw new Error(`no behaviour for ${path}`);
    return answer;
  };
}
