/** Ends in the transition that starts it: no worker, no coordinator. */
export const echo = {
  name: 'Echo',
  input: { type: 'object', properties: { n: { type: 'number' } } },
  labels: { team: 'spec' },
  dag: {
    nodes: [
      { id: 'start', handler: 'input' },
      {
        id: 'out',
        handler: 'output',
        dependencies: ['start'],
        config: { doubled: '{{ input.n * 2 }}', by: '{{ execution.id }}' },
      },
    ],
  },
};

/** Waits for a worker that never comes, until a spec plays the worker. */
export const waiting = {
  name: 'Waiting',
  dag: { nodes: [{ id: 'work', handler: 'spec_work', config: { n: '{{ input.n }}' }, retry: { retries: 0 } }] },
};

export const workHandler = { name: 'spec_work', queue: 'demo' };
