import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

const wait = (id: string, ...dependencies: string[]) => ({
  id,
  handler: 'wait_for_signal',
  dependencies,
  config: { name: 'go' },
});
const send = (id: string, config: object, ...dependencies: string[]) => ({ id, handler: 'send_signal', dependencies, config });

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  await api.apply({ name: 'receiver', dag: { nodes: [wait('one'), wait('two', 'one')] } });
  const labelled = { workflow: 'receiver', label: { order: '{{ input.order }}' }, name: 'go' };
  await api.apply({ name: 'teller', dag: { nodes: [send('tell', labelled)] } });
  await api.apply({
    name: 'later',
    dag: {
      nodes: [
        { id: 'work', handler: workHandler.name },
        send('first', { executionId: '{{ input.to }}', name: 'go', payload: 'first' }, 'work'),
        send('second', { executionId: '{{ input.to }}', name: 'go', payload: 'second' }, 'first'),
        send('itself', { executionId: '{{ execution.id }}', name: 'go', payload: 'me' }, 'second'),
        wait('own', 'itself'),
      ],
    },
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);

async function start(key: string, input: object = {}, labels = {}): Promise<string> {
  return (await api.post(`/v1/definitions/${key}/executions`, { input, labels })).body.executionId;
}
const outputOf = async (id: string) => (await api.get(`/v1/executions/${id}`)).body.output;
const stepOf = async (id: string, path: string) => (await api.get(`/v1/executions/${id}/steps?path=${path}`)).body.items[0];

describe('send_signal', () => {
  it('reaches every execution of the workflow with the labels that has not ended, in the commit that says so', async () => {
    const [a, b, other, ended] = [
      await start('receiver', {}, { order: '7' }),
      await start('receiver', {}, { order: '7', more: 'x' }),
      await start('receiver', {}, { order: '8' }),
      await start('receiver', {}, { order: '7' }),
    ];
    await api.post(`/v1/executions/${ended}/cancel`, {});
    await api.poke(ended);
    const teller = await start('teller', { order: 7 });
    expect(await outputOf(teller)).toEqual({ delivered: 2 });
    const { rows } = await api.pool.query(
      `SELECT execution_id, given_by, body FROM saga.commands WHERE body LIKE '%"signal"%' ORDER BY execution_id`,
    );
    expect(rows.map((row) => [row.execution_id, row.given_by])).toEqual([a, b].sort().map((id) => [id, `execution:${teller}`]));
    await Promise.all([a, b, other].map((id) => api.poke(id)));
    expect(await stepOf(a, 'one')).toMatchObject({ status: 'COMPLETED', output: { payload: null } });
    expect(await stepOf(b, 'one')).toMatchObject({ status: 'COMPLETED' });
    expect(await stepOf(other, 'one')).toMatchObject({ status: 'WAITING' });
    expect(await outputOf(await start('teller', { order: 'nobody has it' }))).toEqual({ delivered: 0 });
  });

  it('sends what the coordinator decides, in order, also to itself', async () => {
    const to = await start('receiver');
    const id = await start('later', { to });
    await api.finish(id, 'work');
    await api.poke(to);
    await api.poke(id);
    expect(await outputOf(id)).toMatchObject({ payload: 'me' });
    expect((await stepOf(to, 'one')).output.payload).toBe('first');
    expect((await stepOf(to, 'two')).output.payload).toBe('second');
    expect(await stepOf(id, 'second')).toMatchObject({ output: { delivered: 1 } });
  });
});
