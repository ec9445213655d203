import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

const work = { id: 'work', handler: workHandler.name };
const waitFor = (config: object, ...dependencies: string[]) => ({ id: 'wait', handler: 'wait_for_event', dependencies, config });

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  const paid = { event: 'orders.paid', match: { 'order.id': '{{ input.order }}' } };
  await api.apply({ name: 'matching', dag: { nodes: [waitFor(paid)] } });
  await api.apply({ name: 'late', dag: { nodes: [work, waitFor({ ...paid, filter: 'event.data.total > 5' }, 'work')] } });
  await api.apply({ name: 'templated', dag: { nodes: [work, waitFor({ event: 'stock.{{ input.where }}.*' }, 'work')] } });
  await api.apply({
    name: 'triggered',
    triggers: [{ event: 'chain.>', filter: 'event.data.first == true' }],
    dag: { nodes: [waitFor({ event: 'chain.>' })] },
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);

async function start(key: string, input: object = {}): Promise<string> {
  return (await api.post(`/v1/definitions/${key}/executions`, { input })).body.executionId;
}
const publish = (type: string, data: unknown, key?: string) =>
  api.post(`/v1/events/${type}`, data, key === undefined ? {} : { 'idempotency-key': key });
const stepOf = async (id: string) => (await api.get(`/v1/executions/${id}/steps?path=wait`)).body.items[0];
const count = async (table: string, where = 'true') =>
  Number((await api.pool.query(`SELECT count(*) FROM saga.${table} WHERE ${where}`)).rows[0].count);

/** The step has got its event, or what it has been given did not do. */
async function settled(id: string) {
  return eventually(async () => {
    await api.poke(id);
    const step = await stepOf(id);
    expect(step.status).toBe('COMPLETED');
    return step;
  });
}

describe('an event', () => {
  it('wakes the steps that wait for what it carries, and leaves the others', async () => {
    const [one, other] = [await start('matching', { order: 'A-1' }), await start('matching', { order: 'A-2' })];
    expect(await stepOf(one)).toMatchObject({ status: 'WAITING', waitingFor: 'an event orders.paid' });
    expect((await publish('orders.paid', { order: { id: 'A-1' }, total: 3 })).status).toBe(200);
    const { rows } = await api.pool.query('SELECT execution_id, given_by FROM saga.commands WHERE handled_at IS NULL');
    expect(rows).toEqual([{ execution_id: one, given_by: 'event:/jetsaga/api' }]);
    expect(await settled(one)).toMatchObject({
      branch: 'received',
      output: { event: { type: 'orders.paid', data: { order: { id: 'A-1' }, total: 3 } } },
    });
    expect(await stepOf(other)).toMatchObject({ status: 'WAITING' });
    expect(await count('commands', `execution_id = '${one}'`)).toBe(0);
    expect(await count('waits', `execution_id = '${one}'`)).toBe(0);
    expect(await count('event_interests', `execution_id = '${one}'`)).toBe(0);
  });

  it('that came after the start and before the step waits is seen, the first that the filter lets through', async () => {
    const before = await publish('orders.paid', { order: { id: 'B' }, total: 100 });
    expect(before.status).toBe(200);
    const id = await start('late', { order: 'B' });
    await publish('orders.paid', { order: { id: 'B' }, total: 1 });
    await publish('orders.paid', { order: { id: 'C' }, total: 9 });
    await publish('orders.paid', { order: { id: 'B' }, total: 7 });
    await publish('orders.paid', { order: { id: 'B' }, total: 8 });
    await api.finish(id, 'work');
    expect((await settled(id)).output.event.data).toMatchObject({ total: 7 });
  });

  it('that the filter refuses is not remembered, and the step waits on', async () => {
    const id = await start('late', { order: 'R' });
    await api.finish(id, 'work');
    await publish('orders.paid', { order: { id: 'R' }, total: 1 });
    expect(await count('commands', `execution_id = '${id}'`)).toBe(1);
    await api.poke(id);
    expect(await count('commands', `execution_id = '${id}'`)).toBe(0);
    expect(await stepOf(id)).toMatchObject({ status: 'WAITING' });
  });

  it('is seen once by id, however often it comes', async () => {
    const id = await start('late', { order: 'D' });
    for (let time = 0; time < 3; time += 1) {
      const event = {
        specversion: '1.0',
        id: 'same',
        source: '/spec',
        type: 'orders.paid',
        data: { order: { id: 'D' }, total: 9 },
      };
      await api.engine.events.accept(event as never, 'event:/spec');
    }
    expect(await count('kept_events', `identity = '/spec#same'`)).toBe(1);
    await api.finish(id, 'work');
    expect((await settled(id)).output.event.id).toBe('same');
  });

  it('is found by a subject that is made of templates', async () => {
    const id = await start('templated', { where: 'berlin' });
    await publish('stock.paris.low', {});
    await publish('stock.berlin.low', { n: 1 });
    await api.finish(id, 'work');
    expect((await settled(id)).output.event.type).toBe('stock.berlin.low');
  });

  it('that started an execution is none that it waits for', async () => {
    const { body } = await publish('chain.begun', { first: true }, 'one-chain');
    const [id] = body.executions;
    await publish('chain.begun', { first: true }, 'one-chain');
    await api.engine.events.accept(
      { specversion: '1.0', id: 'one-chain', source: '/jetsaga/api', type: 'chain.begun', data: { first: true } },
      'event:/jetsaga/api',
    );
    await api.poke(id);
    expect(await stepOf(id)).toMatchObject({ status: 'WAITING' });
    await publish('chain.continued', { second: true });
    expect((await settled(id)).output.event.type).toBe('chain.continued');
  });

  it('that is large travels as a claim check, and its filter looks inside', async () => {
    const id = await start('late', { order: 'E' });
    await publish('orders.paid', { order: { id: 'E' }, total: 9, text: 'x'.repeat(300_000) });
    await api.finish(id, 'work');
    expect((await settled(id)).output.event.data).toMatchObject({ $ref: expect.stringMatching(/^blob:/) });
  });

  it('is kept only for as long as an execution under way may come to wait for it', async () => {
    const id = await start('late', { order: 'F' });
    await publish('orders.paid', { order: { id: 'F' }, total: 1 });
    await publish('nobody.waits', {});
    expect(await count('kept_events', `event LIKE '%nobody.waits%'`)).toBe(0);
    const store = api.store.eventWaits;
    await store.forget(1_000);
    expect(await count('kept_events', `event LIKE '%"F"%'`)).toBe(1);
    const { rows } = await api.pool.query(`SELECT DISTINCT execution_id AS id FROM saga.event_interests`);
    for (const row of rows) {
      await api.post(`/v1/executions/${row.id}/cancel`, {});
      await api.poke(row.id);
    }
    expect([id, await count('event_interests')]).toEqual([id, 0]);
    await store.forget(1_000);
    expect(await count('kept_events')).toBe(0);
  });
});

describe('a process that dies', () => {
  it('before it gave a step the events it had missed leaves that to the reconciler', async () => {
    const id = await start('late', { order: 'G' });
    await publish('orders.paid', { order: { id: 'G' }, total: 9 });
    await api.finish(id, 'work');
    await settled(id);
    const again = await start('matching', { order: 'H' });
    await publish('orders.paid', { order: { id: 'I' }, total: 9 });
    await eventually(async () => expect(await count('waits', `execution_id = '${again}' AND caught_up`)).toBe(1));
    // As if nothing had been given: the row as the commit left it, and an event that only the table knows.
    await api.pool.query(
      `UPDATE saga.waits SET caught_up = false, since = now() - interval '1 minute', hash =
         (SELECT hash FROM saga.kept_events WHERE event LIKE '%"I"%' LIMIT 1) WHERE execution_id = $1`,
      [again],
    );
    expect((await settled(again)).output.event.data).toMatchObject({ order: { id: 'I' } });
  });
});
