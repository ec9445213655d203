import { describe, expect, it } from '@jest/globals';
import { Deferred, later, Outcome, RetryableError, testWorkflow } from '@jetsaga/workflow-testing';
import expenseApproval from '../workflows/expense-approval.ts';

const pay = () => ({ receipt: 'r-1' });

describe('expense approval', () => {
  it('pays small expenses at once, and asks nobody', async () => {
    const run = await testWorkflow(expenseApproval, { input: { amount: 20, employee: 'ada' }, handlers: { pay } });

    expect(run).toMatchObject({ status: 'COMPLETED', output: { paid: true, receipt: 'r-1' } });
    expect(run.taken).toEqual(['start', 'large', 'pay']);
  });

  it('pays larger ones when the manager has said yes, days later', async () => {
    const ask_manager = () => later('2d', new Outcome({ by: 'grace' }, 'approved'));
    const run = await testWorkflow(expenseApproval, { input: { amount: 900, employee: 'ada' }, handlers: { ask_manager, pay } });

    expect(run).toMatchObject({ status: 'COMPLETED', output: { paid: true } });
    expect(run.durationMs).toBe(2 * 24 * 60 * 60 * 1_000);
    expect(run.calls).toMatchObject([
      { handler: 'ask_manager', config: { employee: 'ada', amount: 900 } },
      { handler: 'pay', config: { to: 'ada', amount: 900 } },
    ]);
  });

  it('tells the employee when nobody answers within three days', async () => {
    const ask_manager = () => new Deferred('grace is asked');
    const run = await testWorkflow(expenseApproval, {
      input: { amount: 900, employee: 'ada' },
      handlers: { ask_manager },
      until: '2d',
    });
    expect(run.waiting).toEqual(['ask']);

    await run.advance('1d');

    expect(run).toMatchObject({ status: 'COMPLETED', output: { paid: false } });
    expect(run.events).toMatchObject([
      { type: 'expenses.refused', data: { employee: 'ada', reason: 'DEADLINE_EXCEEDED' }, time: '2026-01-04T00:00:00.000Z' },
    ]);
  });

  it('tries the bank again until it is back', async () => {
    const run = await testWorkflow(expenseApproval, {
      input: { amount: 20, employee: 'ada' },
      handlers: {
        pay: (_config, { attempt }) => {
          if (attempt < 3) throw new RetryableError('BANK_AWAY', 'try later');
          return { receipt: 'r-2' };
        },
      },
    });

    expect(run).toMatchObject({ status: 'COMPLETED', output: { receipt: 'r-2' }, durationMs: 5 * 60_000 });
    expect(run.step('pay').attempt).toBe(3);
  });
});
