import { workflow } from '@jetsaga/client';

/** The same definition as examples/hello.yaml. */
export default workflow('Hello', {
  description: 'Calls an HTTP service, decides on its answer, and greets.',
  input: {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', minLength: 1 }, url: { type: 'string' } },
  },
})
  .node('start', 'input')
  .node('fetch', 'call_external_service', {
    dependencies: ['start'],
    config: { url: "{{ default(input.url, 'http://127.0.0.1:8000/v1/health') }}", timeout: '5s' },
    retry: { retries: 5, initialDelay: '500ms' },
  })
  .node('well', 'evaluate_condition', {
    dependencies: [{ node: 'fetch', on: ['ok', 'client_error'] }],
    config: { conditions: [{ field: 'fetch.output.status', operator: 'equals', value: 200 }] },
  })
  .node('greet', 'aggregate', {
    dependencies: [{ node: 'well', on: true }],
    config: { greeting: 'Hello {{ input.name }}, it answered in {{ fetch.output.durationMs }} ms' },
  })
  .node('regret', 'aggregate', {
    dependencies: [{ node: 'well', on: false }],
    config: { greeting: 'Sorry {{ input.name }}, it answered {{ fetch.output.status }}' },
  })
  .node('done', 'output', { dependencies: ['greet', 'regret'], config: '{{ default(greet.output, regret.output) }}' });
