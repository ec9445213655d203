import { workflow } from '@jetsaga/client';

/** The same definition as examples/triage.yaml. An edge on a route that the router does not have would not compile. */
export default workflow('Triage', {
  description: 'A router with three arms; severity 0 is nothing to report.',
  input: {
    type: 'object',
    required: ['severity'],
    properties: { severity: { type: 'integer', minimum: 0, maximum: 10 } },
  },
  output: { level: '{{ level.branch }}' },
})
  .node('start', 'input')
  .router('level', {
    dependencies: ['start'],
    config: {
      routes: [
        { when: 'input.severity >= 8', to: 'page' },
        { when: 'input.severity >= 4', to: 'ticket' },
      ],
      default: 'log',
    },
  })
  .node('page', 'emit_event', {
    dependencies: [{ node: 'level', on: 'page' }],
    config: { type: 'incidents.page', data: { severity: '{{ input.severity }}' } },
  })
  .node('ticket', 'emit_event', {
    dependencies: [{ node: 'level', on: 'ticket' }],
    config: { type: 'incidents.ticket', data: { severity: '{{ input.severity }}' } },
  })
  .node('nothing', 'fail', {
    dependencies: [{ node: 'level', on: 'log' }],
    when: 'input.severity == 0',
    config: { code: 'NOT_AN_INCIDENT', message: 'severity 0 is nothing to report' },
  });
