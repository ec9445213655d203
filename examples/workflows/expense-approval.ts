import { workflow } from '@jetsaga/client';

/**
 * Small expenses are paid at once, larger ones when the manager says yes within three days. Its handlers, `ask_manager` and `pay`, are left to
 * you; examples/tests/expense-approval.test.ts tests it without them.
 */
export default workflow('Expense approval', {
  input: {
    type: 'object',
    required: ['amount', 'employee'],
    properties: { amount: { type: 'number', minimum: 0 }, employee: { type: 'string' } },
  },
  output: { paid: '{{ has(pay.output) }}', receipt: '{{ default(pay.output.receipt, null) }}' },
})
  .node('start', 'input')
  .node('large', 'evaluate_condition', {
    dependencies: ['start'],
    config: { conditions: [{ field: 'input.amount', operator: 'greater_than', value: 100 }] },
  })
  .node('ask', 'ask_manager', {
    dependencies: [{ node: 'large', on: true }],
    config: { employee: '{{ input.employee }}', amount: '{{ input.amount }}' },
    queue: 'people',
    deadline: '3d',
    onError: 'continue',
  })
  .node('pay', 'pay', {
    dependencies: [
      { node: 'large', on: 'false' },
      { node: 'ask', on: 'approved' },
    ],
    join: 'any',
    config: { to: '{{ input.employee }}', amount: '{{ input.amount }}' },
    queue: 'bank',
    retry: { retries: 5, initialDelay: '1m', factor: 4, maxDelay: '6h' },
  })
  .node('refuse', 'emit_event', {
    dependencies: [{ node: 'ask', on: ['rejected', 'error'] }],
    config: {
      type: 'expenses.refused',
      data: { employee: '{{ input.employee }}', reason: "{{ default(ask.error.code, 'REJECTED') }}" },
    },
  });
