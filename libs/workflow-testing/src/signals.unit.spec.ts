import { describe, expect, it } from '@jest/globals';
import { workflow } from '@jetsaga/client';
import { testWorkflow } from './test-workflow.ts';

describe('signals', () => {
  const parcel = workflow('Parcel', { output: '{{ arrived.output.payload }}' })
    .node('arrived', 'wait_for_signal', { config: { name: 'arrived', condition: 'signal.whole', timeout: '3d' } })
    .node('thank', 'send_signal', {
      dependencies: [{ node: 'arrived', on: 'received' }],
      config: { executionId: '0190a5c0-0000-7000-8000-000000000001', name: 'thanks', payload: { whole: true } },
    });

  it('come at virtual times', async () => {
    const run = await testWorkflow(parcel, {
      commands: [
        { after: '1d', kind: 'signal', name: 'arrived', payload: { whole: false } },
        { after: '2d', kind: 'signal', name: 'arrived', payload: { whole: true } },
      ],
    });
    expect(run).toMatchObject({ status: 'COMPLETED', output: { whole: true }, durationMs: 2 * 86_400_000 });
    expect(run.signals).toEqual([
      {
        to: ['0190a5c0-0000-7000-8000-000000000001'],
        name: 'thanks',
        payload: { whole: true },
        time: '2026-01-03T00:00:00.000Z',
      },
    ]);
  });

  it('come when the test sends them, or not in time', async () => {
    const run = await testWorkflow(parcel, { until: '1d' });
    expect(run.waiting).toEqual(['arrived']);
    await run.signal('arrived', { whole: true });
    expect(run).toMatchObject({ status: 'COMPLETED', taken: ['arrived', 'thank'] });
    const late = await testWorkflow(parcel);
    expect(late.step('arrived')).toMatchObject({ status: 'FAILED', error: { code: 'WAIT_TIMEOUT' } });
  });
});
