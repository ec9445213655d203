import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  await api.apply({
    name: 'signalled',
    dag: {
      nodes: [
        { id: 'work', handler: workHandler.name },
        {
          id: 'wait',
          handler: 'wait_for_signal',
          dependencies: ['work'],
          config: { name: 'go', condition: 'signal.n > 1', timeout: '1h' },
        },
      ],
    },
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);

async function start(): Promise<string> {
  return (await api.post('/v1/definitions/signalled/executions', {})).body.executionId;
}
const signal = (id: string, name: string, payload?: unknown) => api.post(`/v1/executions/${id}/signals/${name}`, payload);
const stepOf = async (id: string, path: string) => (await api.get(`/v1/executions/${id}/steps?path=${path}`)).body.items[0];
const rows = async (table: string, id: string) =>
  (await api.pool.query(`SELECT * FROM saga.${table} WHERE execution_id = $1`, [id])).rows;

describe('a signal', () => {
  it('that comes early is kept until a step takes it, with one that does not meet the condition left', async () => {
    const id = await start();
    for (const n of [1, 2, 3])
      expect(await signal(id, 'go', { n, text: 'ö' })).toMatchObject({ status: 202, body: { status: 'RUNNING' } });
    await api.poke(id);
    expect(await rows('signals', id)).toHaveLength(3);
    await api.finish(id, 'work');
    expect(await stepOf(id, 'wait')).toMatchObject({
      status: 'COMPLETED',
      branch: 'received',
      output: { payload: { n: 2, text: 'ö' }, receivedAt: expect.any(String) },
    });
    expect((await api.get(`/v1/executions/${id}`)).body.status).toBe('COMPLETED');
    expect(await rows('signals', id)).toEqual([]);
  });

  it('wakes a step that waits, which is on record for as long', async () => {
    const id = await start();
    await api.finish(id, 'work');
    expect(await stepOf(id, 'wait')).toMatchObject({ status: 'WAITING', waitingFor: 'the signal go' });
    expect(await rows('waits', id)).toMatchObject([{ scope: '', node: 'wait', kind: 'signal', name: 'go' }]);
    await signal(id, 'go', { n: 5 });
    await api.poke(id);
    expect((await api.get(`/v1/executions/${id}/result`)).body).toMatchObject({ output: { payload: { n: 5 } } });
    expect([await rows('waits', id), await rows('timers', id)]).toEqual([[], []]);
    const history = (await api.get(`/v1/executions/${id}/history`)).body.items;
    expect(history).toContainEqual(expect.objectContaining({ type: 'command.signal', by: 'local' }));
  });

  it('that is large travels as a claim check, and a condition looks into it', async () => {
    const id = await start();
    await api.finish(id, 'work');
    await signal(id, 'go', { n: 2, text: 'x'.repeat(300_000) });
    await api.poke(id);
    await api.poke(id);
    expect((await stepOf(id, 'wait')).output.payload).toMatchObject({ $ref: expect.stringMatching(/^blob:/) });
  });

  it('reaches an execution that is started only later', async () => {
    const definition = { name: 'held', dag: { nodes: [{ id: 'wait', handler: 'wait_for_signal', config: { name: 'go' } }] } };
    const id = (await api.post('/v1/workflow', definition)).body.execution_id;
    expect(await signal(id, 'go', 7)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    await api.poke(id);
    expect(await rows('signals', id)).toHaveLength(1);
    await api.post(`/v1/workflow/trigger/${id}`, { input_params: {} });
    expect((await api.get(`/v1/executions/${id}`)).body).toMatchObject({ status: 'COMPLETED', output: { payload: 7 } });
    expect(await rows('signals', id)).toEqual([]);
  });

  it('is refused for an execution that has ended or is not there, and without a name', async () => {
    const id = await start();
    await api.post(`/v1/executions/${id}/cancel`, {});
    await api.poke(id);
    expect(await signal(id, 'go')).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    expect(await signal(crypto.randomUUID(), 'go')).toMatchObject({ status: 404 });
    expect(await signal(id, 'x'.repeat(201))).toMatchObject({ status: 422, body: { code: 'INVALID_SIGNAL' } });
  });

  it('is refused when the execution keeps a thousand that no step has taken', async () => {
    const id = await start();
    await api.pool.query(
      `INSERT INTO saga.signals (id, execution_id, name, payload, received_at)
        SELECT gen_random_uuid(), $1, 'flood', 'null', now() FROM generate_series(1, 1000)`,
      [id],
    );
    expect(await signal(id, 'go')).toMatchObject({ status: 409, body: { code: 'TOO_MANY_SIGNALS' } });
    await api.post(`/v1/executions/${id}/cancel`, {});
    await api.poke(id);
    expect(await rows('signals', id)).toEqual([]);
  });

  it('is kept no longer than its execution', async () => {
    const id = await start();
    await signal(id, 'never', 1);
    await api.poke(id);
    expect(await rows('signals', id)).toHaveLength(1);
    await api.post(`/v1/executions/${id}/cancel`, {});
    await api.poke(id);
    expect(await rows('signals', id)).toEqual([]);
  });
});
