import { describe, expect, it } from '@jest/globals';
import { workflow } from '@jetsaga/client';
import { TerminalError } from '@jetsaga/worker';
import { takes } from './stub.ts';
import { testWorkflow } from './test-workflow.ts';

describe('undoing, pausing and going on', () => {
  const order = workflow('Order')
    .node('reserve', 'reserve', { compensate: { handler: 'release', config: { id: '{{ reserve.output.id }}' } } })
    .node('charge', 'charge', { dependencies: ['reserve'] });

  it('undoes what was done when the execution fails', async () => {
    const run = await testWorkflow(order, {
      handlers: {
        reserve: () => ({ id: 'r7' }),
        charge: () => {
          throw new TerminalError('NO_FUNDS', 'the card is empty');
        },
        release: () => null,
      },
    });
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'NO_FUNDS' } });
    expect(run.step('reserve').status).toBe('COMPENSATED');
    expect(run.calls.map(({ handler, config }) => [handler, config])).toEqual([
      ['reserve', {}],
      ['charge', {}],
      ['release', { id: 'r7' }],
    ]);
  });

  it('hears at once what became of an attempt that was stopped', async () => {
    const run = await testWorkflow(order, {
      handlers: { reserve: () => takes('4m', { id: 'r7' }), release: () => null },
      commands: [{ after: '1m', kind: 'cancel' }],
    });
    expect(run).toMatchObject({ status: 'CANCELLED', durationMs: 60_000 });
  });

  it('waits while it is paused, and goes on where it was', async () => {
    const wait = workflow('Wait')
      .node('wait', 'delay', { config: { for: '1h' } })
      .node('after', 'work', { dependencies: ['wait'] });
    const run = await testWorkflow(wait, {
      handlers: { work: () => 'done' },
      commands: [
        { after: '30m', kind: 'pause' },
        { after: '1d', kind: 'resume' },
      ],
    });
    expect(run).toMatchObject({ status: 'COMPLETED', output: 'done', durationMs: 86_400_000 });
    const paused = await testWorkflow(wait, { handlers: { work: () => 'done' }, commands: [{ after: '30m', kind: 'pause' }] });
    expect(paused).toMatchObject({ status: 'PAUSED', taken: ['wait'] });
  });

  it('is retried after its end', async () => {
    let isBack = false;
    const work = () => {
      if (!isBack) throw new TerminalError('AWAY', 'not yet');
      return 'done';
    };
    const run = await testWorkflow(workflow('Again').node('a', 'work'), { handlers: { work } });
    expect(run.status).toBe('FAILED');
    isBack = true;
    await run.command({ kind: 'retry' });
    expect(run).toMatchObject({ status: 'COMPLETED', output: 'done' });
  });
});
