interface WorkloadDefinition {
  readonly name: string;
  readonly dag: { readonly nodes: readonly object[] };
}

export interface Places {
  /** Of an HTTP service that answers at once. */
  readonly echoUrl: string;
}

/** One thing to measure: a definition, how it is started, and what counts. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  /** Wishes in flight at once. */
  readonly inFlight: number;
  /** False: counts what was acknowledged; true: what was completed. */
  readonly waitForResult: boolean;
  readonly definition: (places: Places) => WorkloadDefinition;
  /** As the design gives it, for two shared cores. */
  readonly target: string;
}

const noop = (id: string, dependencies: readonly string[] = []) => ({ id, handler: 'bench_noop', dependencies });

const chain3 = { name: 'bench chain3', dag: { nodes: [noop('a'), noop('b', ['a']), noop('c', ['b'])] } };
const arms = Array.from({ length: 10 }, (_, index) => `arm${index}`);

export const workloads: readonly Workload[] = [
  {
    name: 'chain3',
    about: 'three dispatched no-op steps in a row, 64 in flight, over HTTP',
    inFlight: 64,
    waitForResult: true,
    definition: () => chain3,
    target: '≥ 1,500 executions/s; ≤ 1.0 CPU s per 1,000',
  },
  {
    name: 'chain3-latency',
    about: 'the same, one at a time',
    inFlight: 1,
    waitForResult: true,
    definition: () => chain3,
    target: 'p50 ≤ 6 ms, p99 ≤ 20 ms',
  },
  {
    name: 'fan10',
    about: '1 → 10 → 1 dispatched steps, 64 in flight',
    inFlight: 64,
    waitForResult: true,
    definition: () => ({
      name: 'bench fan10',
      dag: { nodes: [noop('first'), ...arms.map((id) => noop(id, ['first'])), noop('last', arms)] },
    }),
    target: '≥ 700 executions/s',
  },
  {
    name: 'start',
    about: 'starts acknowledged by HTTP, of a definition without dispatched steps',
    inFlight: 64,
    waitForResult: false,
    definition: () => ({ name: 'bench start', dag: { nodes: [{ id: 'only', handler: 'aggregate', config: { ok: true } }] } }),
    target: '≥ 3,000/s',
  },
  {
    name: 'http5',
    about: 'five HTTP calls in a row by the actions service, answered at once, 64 in flight',
    inFlight: 64,
    waitForResult: true,
    definition: ({ echoUrl }) => ({
      name: 'bench http5',
      dag: {
        nodes: ['a', 'b', 'c', 'd', 'e'].map((id, index, ids) => ({
          id,
          handler: 'call_external_service',
          dependencies: ids.slice(Math.max(0, index - 1), index),
          config: { url: echoUrl, method: 'POST', body: { n: index } },
        })),
      },
    }),
    target: 'none',
  },
];
