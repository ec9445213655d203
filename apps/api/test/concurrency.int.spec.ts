import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  const keyed = { key: '{{ input.n }}', limit: 1 };
  await api.apply({ ...waiting, name: 'Queues', concurrency: keyed });
  await api.apply({ ...waiting, name: 'Rejects', concurrency: { ...keyed, onConflict: 'reject' } });
  await api.apply({ ...waiting, name: 'Keyed', idempotencyKey: 'order-{{ input.n }}' });
  await api.apply({
    ...waiting,
    name: 'By event',
    triggers: [{ event: 'spec.limits' }],
    concurrency: { limit: 1, onConflict: 'reject' },
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);

const start = (key: string, body?: unknown, query = '', headers?: Record<string, string>) =>
  api.post(`/v1/definitions/${key}/executions${query}`, body, headers);

describe('a start under a limit', () => {
  it('beyond it is accepted, PENDING, and says what it waits for; it starts when the slot is free', async () => {
    const first = await start('queues', { input: { n: 1 } });
    const second = await start('queues', { input: { n: 1 } });
    const other = await start('queues', { input: { n: 2 } });
    expect([first.status, second.status, other.status]).toEqual([201, 201, 201]);
    const path = `/v1/executions/${second.body.executionId}`;
    expect((await api.get(path)).body).toMatchObject({
      status: 'PENDING',
      startedAt: null,
      waitingFor: 'one of the 1 slots of the key 1',
    });
    expect((await api.get(`/v1/executions/${other.body.executionId}`)).body).toMatchObject({ status: 'RUNNING' });
    await api.finish(first.body.executionId, 'work');
    const started = await eventually(async () => {
      const { body } = await api.get(path);
      expect(body.status).toBe('RUNNING');
      return body;
    });
    expect(started.waitingFor).toBeUndefined();
  });

  it('with wait goes on waiting while it is PENDING', async () => {
    const first = await start('queues', { input: { n: 3 } });
    const answer = start('queues', { input: { n: 3 }, labels: { spec: 'second' } }, '?wait=30s');
    const id = await eventually(async () => {
      const { body } = await api.get('/v1/executions?label.spec=second');
      expect(body.items).toHaveLength(1);
      return body.items[0].id;
    });
    await api.finish(first.body.executionId, 'work');
    await eventually(async () => expect((await api.get(`/v1/executions/${id}`)).body.status).toBe('RUNNING'));
    await api.finish(id, 'work', { output: { done: true } });
    expect(await answer).toMatchObject({ status: 200, body: { executionId: id, status: 'COMPLETED' } });
  });

  it('is refused with 409 where the definition rejects', async () => {
    const first = await start('rejects', { input: { n: 1 } });
    const second = await start('rejects', { input: { n: 1 } });
    expect(second).toMatchObject({ status: 409, body: { code: 'CONCURRENCY_LIMIT' } });
    await api.finish(first.body.executionId, 'work');
    await eventually(async () => expect((await start('rejects', { input: { n: 1 } })).status).toBe(201));
  });

  it('by an event is rejected with the reason', async () => {
    const first = await api.post('/v1/events/spec.limits', { n: 1 });
    expect(first.body.executions).toHaveLength(1);
    expect(await api.post('/v1/events/spec.limits', { n: 2 })).toMatchObject({
      status: 422,
      body: { errors: [{ message: expect.stringContaining('CONCURRENCY_LIMIT') }] },
    });
  });

  it('whose key cannot be made is 422', async () => {
    expect(await start('queues', { input: {} })).toMatchObject({
      status: 422,
      body: { code: 'INVALID_INPUT', errors: [{ pointer: '/input/concurrency/key' }] },
    });
  });
});

describe('a definition with an idempotency key', () => {
  it('gives the first execution to a second start of the same input, and 409 to another', async () => {
    const first = await start('keyed', { input: { n: 1 } });
    expect(first.status).toBe(201);
    expect(await start('keyed', { input: { n: 1 } })).toMatchObject({ status: 200, body: first.body });
    expect(await start('keyed', { input: { n: 1, more: true } })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_CONFLICT', executionId: first.body.executionId },
    });
    expect((await start('keyed', { input: { n: 2 } })).status).toBe(201);
  });

  it('lets a key of the request go before its own, and the header before the body', async () => {
    const byBody = await start('keyed', { input: { n: 10 }, idempotencyKey: 'body' });
    expect((await start('keyed', { input: { n: 10 } })).status).toBe(201);
    expect(await start('keyed', { input: { n: 10 }, idempotencyKey: 'body' })).toMatchObject({ status: 200, body: byBody.body });
    const byHeader = await start('keyed', { input: { n: 10 }, idempotencyKey: 'body' }, '', { 'idempotency-key': 'header' });
    expect(byHeader.status).toBe(201);
    expect(await start('keyed', { input: { n: 10 } }, '', { 'idempotency-key': 'header' })).toMatchObject({
      status: 200,
      body: byHeader.body,
    });
  });

  it('whose key cannot be made of the input is 422', async () => {
    expect(await start('keyed', { input: {} })).toMatchObject({ status: 422, body: { code: 'INVALID_INPUT' } });
  });
});
