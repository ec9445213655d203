import { workflow } from '@jetsaga/client';
import { checkLinks } from '../workers/check-links.ts';

/** The same definition as examples/check-links.yaml: configuration and branches are checked against the handler's own. */
export default workflow('Check links', {
  description: "Uses a handler of one's own: start its worker first, see docs/workers.md. Publishes what is broken.",
  input: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
  output: { checked: '{{ check.output.checked }}', broken: '{{ check.output.broken.map(b, b.link) }}' },
})
  .node('start', 'input')
  .node('check', checkLinks, { dependencies: ['start'], config: { url: '{{ input.url }}', limit: 100 } })
  .node('report', 'emit_event', {
    dependencies: [{ node: 'check', on: 'broken' }],
    config: { type: 'links.broken', data: { page: '{{ input.url }}', broken: '{{ check.output.broken }}' } },
  });
