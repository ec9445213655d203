import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce({ name: 'ask', queue: 'demo', branches: ['yes', 'no'] });
  await api.apply({
    name: 'asking',
    dag: {
      nodes: [
        { id: 'ask', handler: 'ask', retry: { retries: 1, initialDelay: '1h' } },
        { id: 'more', handler: 'ask', dependencies: [{ node: 'ask', on: 'yes' }] },
      ],
    },
  });
}, 60_000);
afterAll(() => api.stop(), 60_000);

async function deferred(): Promise<{ id: string; token: string }> {
  const id = (await api.post('/v1/definitions/asking/executions', {})).body.executionId;
  await api.finish(id, 'ask', { outcome: 'deferred', output: 'a word from ann', worker: 'w7' });
  return { id, token: (await api.get(`/v1/tasks?waiting=true&execution=${id}`)).body.items[0].token };
}
const act = (token: string, verb: string, body?: unknown) => api.post(`/v1/tasks/${token}/${verb}`, body);
const stepOf = async (id: string, path: string) => (await api.get(`/v1/executions/${id}/steps?path=${path}`)).body.items[0];

describe('the list of tasks', () => {
  it('has deferred steps for as long as they wait, a page at a time', async () => {
    const ids = [await deferred(), await deferred(), await deferred()].map(({ id }) => id);
    const first = await api.get('/v1/tasks?waiting=true&workflow=asking&handler=ask&limit=2');
    expect(first.body.items[0]).toEqual({
      token: expect.any(String),
      executionId: ids[0],
      workflow: 'asking',
      path: 'ask',
      handler: 'ask',
      attempt: 1,
      waitingFor: 'a word from ann',
      worker: 'w7',
      since: expect.any(String),
    });
    const second = await api.get(`/v1/tasks?limit=2&cursor=${first.body.next}`);
    const listed = [...first.body.items, ...second.body.items].map((task: { executionId: string }) => task.executionId);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(second.body.next).toBeNull();
    for (const id of ids) {
      await api.post(`/v1/executions/${id}/cancel`, {});
      await api.poke(id);
    }
    expect((await api.get('/v1/tasks')).body.items).toEqual([]);
    expect(await api.get('/v1/tasks?waiting=false')).toMatchObject({ status: 422, body: { code: 'INVALID_REQUEST' } });
    expect(await api.get('/v1/tasks?cursor=eHg')).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
  });
});

describe('a deferred step', () => {
  it('is completed by its token, durably, and as often as one likes', async () => {
    const { id, token } = await deferred();
    expect(await act(token, 'complete', { output: { by: 'ann' }, branch: 'yes' })).toMatchObject({
      status: 202,
      body: { status: 'RUNNING' },
    });
    const { rows } = await api.pool.query('SELECT body FROM saga.commands WHERE execution_id = $1', [id]);
    expect(rows.map(({ body }) => JSON.parse(body))).toMatchObject([{ kind: 'complete_task', path: 'ask', attempt: 1 }]);
    await api.poke(id);
    expect(await stepOf(id, 'ask')).toMatchObject({ status: 'COMPLETED', branch: 'yes', output: { by: 'ann' }, worker: 'w7' });
    expect(await stepOf(id, 'more')).toMatchObject({ status: 'QUEUED' });
    expect(await act(token, 'complete', { output: 'again' })).toMatchObject({ status: 202 });
    expect(await act(token, 'fail', { code: 'NO', message: 'no' })).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    expect(await act(token, 'heartbeat')).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
    await api.post(`/v1/executions/${id}/cancel`, {});
    await api.poke(id);
    expect(await act(token, 'complete')).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
  });

  it('is failed by its token, for its retry policy to decide', async () => {
    const { id, token } = await deferred();
    expect(await act(token, 'fail', { code: 'NO', message: 'ann says no', retryable: true })).toMatchObject({ status: 202 });
    await api.poke(id);
    expect(await stepOf(id, 'ask')).toMatchObject({ status: 'RETRYING', error: { code: 'NO', message: 'ann says no' } });
    expect(await act(token, 'fail', { code: 'NO', message: 'ann says no', retryable: true })).toMatchObject({ status: 202 });
    expect(await act(token, 'heartbeat', {})).toMatchObject({ status: 409 });
    expect(await act(token, 'complete', { output: 'after all' })).toMatchObject({ status: 202 });
    await api.poke(id);
    expect(await stepOf(id, 'ask')).toMatchObject({ status: 'COMPLETED', output: 'after all' });

    const final = await deferred();
    await act(final.token, 'fail', { code: 'NO', message: 'never' });
    await api.poke(final.id);
    expect((await api.get(`/v1/executions/${final.id}`)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO', path: 'ask' },
    });
    expect(await act(final.token, 'fail', { code: 'NO', message: 'never' })).toMatchObject({
      status: 202,
      body: { status: 'FAILED' },
    });
    expect(await act(final.token, 'complete')).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
  });

  it('may be completed before it is known to be deferred', async () => {
    const { id, token } = await deferred();
    const other = (await api.post('/v1/definitions/asking/executions', {})).body.executionId;
    const early = api.engine.tokens.issue({ executionId: other, path: 'ask', attempt: 1 });
    expect(await act(early, 'complete', { output: 1 })).toMatchObject({ status: 202 });
    await api.poke(other);
    await api.finish(other, 'ask', { outcome: 'deferred' });
    expect(await stepOf(other, 'ask')).toMatchObject({ status: 'COMPLETED', output: 1 });
    expect(await act(token, 'complete', {})).toMatchObject({ status: 202 });
    await api.poke(id);
  });

  it('has heartbeats on record', async () => {
    const { id, token } = await deferred();
    expect(await act(token, 'heartbeat', { note: 'half way' })).toMatchObject({ status: 202, body: { status: 'RUNNING' } });
    await act(token, 'heartbeat');
    const [task] = (await api.get(`/v1/tasks?execution=${id}`)).body.items;
    expect(task).toMatchObject({ note: 'half way', heartbeatAt: expect.any(String) });
  });

  it('is refused a branch that its handler does not declare, and a token that nobody issued', async () => {
    const { token } = await deferred();
    expect(await act(token, 'complete', { branch: 'maybe' })).toMatchObject({
      status: 422,
      body: { code: 'UNKNOWN_BRANCH', errors: [{ pointer: '/branch' }] },
    });
    expect(await act(`${token}x`, 'complete')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await act('nothing', 'heartbeat')).toMatchObject({ status: 404 });
    expect(await act(token, 'fail', {})).toMatchObject({ status: 422, body: { code: 'INVALID_REQUEST' } });
  });

  it('leads to a task that tells its service when it is cancelled', async () => {
    const { id, token } = await deferred();
    const sent: { headers: string | undefined; body: unknown }[] = [];
    const subscription = api.nats.subscribe('tasks.demo.ask', {
      callback: (_error, message) => {
        sent.push({ headers: message.headers?.get('Nats-Msg-Id'), body: message.json() });
      },
    });
    await api.nats.flush();
    await api.post(`/v1/executions/${id}/cancel`, {});
    await api.poke(id);
    await eventually(() => expect(sent.map(({ headers }) => headers)).toContain(`${id}:ask:1:cancel`));
    subscription.unsubscribe();
    const body = { kind: 'cancel', handler: 'ask', executionId: id, path: 'ask', attempt: 1, token };
    expect(sent).toContainEqual({ headers: `${id}:ask:1:cancel`, body: expect.objectContaining(body) });
  });
});
