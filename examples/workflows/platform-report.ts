import { workflow } from '@jetsaga/client';

/** What the three calls have in common. */
const call = (path: string) => ({ url: `{{ start.output.api }}${path}` });

/** The same definition as examples/platform-report.yaml. */
export default workflow('Platform report', {
  description:
    'Three calls side by side, joined again. One that fails does not fail the others: the report says what is missing.',
  input: { type: 'object', properties: { api: { type: 'string' } } },
  defaults: { timeout: '10s', retry: { retries: 1 } },
})
  .node('start', 'aggregate', { config: { api: "{{ default(input.api, 'http://127.0.0.1:8000') }}" } })
  .node('health', 'call_external_service', { dependencies: ['start'], config: call('/v1/health'), onError: 'continue' })
  .node('workers', 'call_external_service', { dependencies: ['start'], config: call('/v1/workers'), onError: 'continue' })
  .node('queues', 'call_external_service', { dependencies: ['start'], config: call('/v1/queues'), onError: 'continue' })
  .node('report', 'output', {
    dependencies: [
      { node: 'health', on: 'always' },
      { node: 'workers', on: 'always' },
      { node: 'queues', on: 'always' },
    ],
    config: {
      healthy: "{{ default(health.output.response.status, 'unknown') == 'ok' }}",
      workers: '{{ default(workers.output.response.items, []).map(w, w.service) }}',
      waiting: '{{ sum(default(queues.output.response.items, []).map(q, default(q.depth, 0))) }}',
      missing: "{{ [health, workers, queues].filter(step, default(step.branch, '') == 'error').map(step, step.error.message) }}",
    },
  });
