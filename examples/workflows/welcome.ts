import { workflow } from '@jetsaga/client';

/** The same definition as examples/welcome.yaml. */
export default workflow('Welcome', {
  description:
    'Started by an event, once per customer: jetsaga event customers.created --data email=ada@example.com --data country=DE',
  triggers: [
    {
      event: 'customers.created',
      filter: "default(event.data.country, 'DE') in ['DE', 'AT', 'CH']",
      schema: {
        type: 'object',
        required: ['email'],
        properties: { email: { type: 'string', pattern: '^[^@ ]+@[^@ ]+$' } },
      },
      input: {
        email: '{{ lower(event.data.email) }}',
        name: "{{ default(event.data.name, first(split(event.data.email, '@'))) }}",
        at: '{{ event.time }}',
      },
    },
  ],
  idempotencyKey: '{{ input.email }}',
  output: '{{ greet.output }}',
})
  .node('start', 'input')
  .node('settle', 'delay', { dependencies: ['start'], config: { for: '2s' } })
  .node('greet', 'aggregate', {
    dependencies: ['settle'],
    config: {
      to: '{{ input.email }}',
      text: "Welcome {{ capitalize(input.name) }}, with us since {{ formatDate(input.at, 'd MMMM yyyy') }}.",
    },
  })
  .node('welcomed', 'emit_event', {
    dependencies: ['greet'],
    config: { type: 'customers.welcomed', data: '{{ greet.output }}' },
  });
