import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.announce(workHandler);
  await api.apply(echo);
  await api.apply(waiting);
}, 60_000);
afterAll(() => api.stop(), 60_000);

const start = (key: string, body?: unknown, query = '', headers?: Record<string, string>) =>
  api.post(`/v1/definitions/${key}/executions${query}`, body, headers);

describe('a start', () => {
  it('is acknowledged with 201 and an execution that can be read at once', async () => {
    const { status, body } = await start('echo', { input: { n: 21 }, labels: { customer: 'a' } });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['executionId']);
    const execution = await api.get(`/v1/executions/${body.executionId}`);
    expect(execution.body).toMatchObject({
      id: body.executionId,
      workflow: 'echo',
      version: 1,
      status: 'COMPLETED',
      input: { n: 21 },
      output: { doubled: 42, by: body.executionId },
      labels: { team: 'spec', customer: 'a' },
      startedBy: 'local',
    });
    expect(Date.parse(execution.body.startedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(execution.body.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('with wait answers the result of one that is done at once', async () => {
    const { status, body } = await start('echo', { input: { n: 1 } }, '?wait=5s');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'COMPLETED', output: { doubled: 2 } });
  });

  it('with wait answers as soon as the execution ends', async () => {
    const answer = start('waiting', { input: { n: 1 }, labels: { spec: 'wait' } }, '?wait=30s');
    const id = await eventually(async () => {
      const { body } = await api.get('/v1/executions?label.spec=wait');
      expect(body.items).toHaveLength(1);
      return body.items[0].id;
    });
    await api.finish(id, 'work', { output: { done: true } });
    expect(await answer).toMatchObject({ status: 200, body: { executionId: id, status: 'COMPLETED', output: { done: true } } });
  });

  it('with wait answers 202 when the time is over', async () => {
    const { status, body } = await start('waiting', { input: { n: 1 } }, '?wait=50ms');
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'RUNNING' });
  });

  it('with a known idempotency key gives the first execution, and 409 for another input', async () => {
    const first = await start('echo', { input: { n: 1 }, idempotencyKey: 'k1' });
    expect(await start('echo', { input: { n: 1 }, idempotencyKey: 'k1' })).toMatchObject({ status: 200, body: first.body });
    expect(await start('echo', { input: { n: 1 } }, '', { 'idempotency-key': 'k1' })).toMatchObject({
      status: 200,
      body: first.body,
    });
    const other = await start('echo', { input: { n: 2 }, idempotencyKey: 'k1' });
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_CONFLICT', executionId: first.body.executionId } });
  });

  it('happens once for many at the same time with one key', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => start('echo', { input: { n: 1 }, idempotencyKey: 'k2' })));
    expect(new Set(answers.map((answer) => answer.body.executionId)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  });

  it('takes an input that is too large to be kept in a row', async () => {
    const text = 'x'.repeat(1024 * 1024);
    const { status, body } = await start('echo', { input: { n: 4, text } }, '?wait=5s');
    expect(status).toBe(200);
    expect(body.output.doubled).toBe(8);
    const { input } = (await api.get(`/v1/executions/${body.executionId}`)).body;
    expect(input.$ref).toMatch(/^blob:/);
    expect((await start('echo', { input: { n: 'four', text } })).body.code).toBe('INVALID_INPUT');
  });

  it.each([
    ['nothing-like-it', {}, 404, 'NOT_FOUND'],
    ['echo', { input: { n: 'x' } }, 422, 'INVALID_INPUT'],
    ['echo', { version: 7 }, 404, 'NOT_FOUND'],
    ['echo', { inputs: {} }, 422, 'INVALID_REQUEST'],
    ['echo', { labels: { a: 1 } }, 422, 'INVALID_REQUEST'],
    ['echo', [], 422, 'INVALID_REQUEST'],
  ])('of %s with %j is refused', async (key, body, status, code) => {
    const answer = await start(key, body);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('points into the input that does not fit', async () => {
    const { body } = await start('echo', { input: { n: 'x' } });
    expect(body.errors[0].pointer).toBe('/input/n');
  });
});

describe('search', () => {
  it('selects by workflow, status, label, time and text, page by page', async () => {
    const before = new Date().toISOString();
    const started = [];
    for (let n = 0; n < 5; n += 1)
      started.push((await start('echo', { input: { n }, labels: { batch: 'x1' } })).body.executionId);
    const query = `workflow=echo&status=completed&label.batch=x1&since=${before}&limit=2`;
    const found: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await api.get(`/v1/executions?${query}${cursor}`);
      found.push(...body.items.map((item: { id: string }) => item.id));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(found).toEqual(started.reverse());
    expect((await api.get('/v1/executions?label.batch=x1&status=FAILED,CANCELLED')).body.items).toEqual([]);
    expect((await api.get(`/v1/executions?q=${found[0]!.slice(-12)}`)).body.items).toHaveLength(1);
    expect((await api.get(`/v1/executions?until=${before}&label.batch=x1`)).body.items).toEqual([]);
    expect((await api.get('/v1/executions?q=%25')).body.items).toEqual([]);
  });

  it.each(['status=DONE', 'limit=0', 'limit=x', 'since=tomorrowish', 'cursor=abc'])('refuses %s', async (query) => {
    const { status, body } = await api.get(`/v1/executions?${query}`);
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toMatch(/^\?/);
  });
});

describe('one execution', () => {
  it('shows its steps, those that have not begun included, and one with its attempts', async () => {
    const { body } = await start('waiting', { input: { n: 5 } });
    const steps = (await api.get(`/v1/executions/${body.executionId}/steps`)).body.items;
    expect(steps).toMatchObject([
      { path: 'work', node: 'work', handler: 'spec_work', status: 'QUEUED', attempt: 1, config: { n: 5 } },
    ]);
    await api.finish(body.executionId, 'work', { outcome: 'failed', error: { code: 'NO', message: 'no', retryable: false } });
    const one = (await api.get(`/v1/executions/${body.executionId}/steps?path=work`)).body.items[0];
    expect(one).toMatchObject({ status: 'FAILED', error: { code: 'NO' }, attempts: [{ attempt: 1, status: 'FAILED' }] });
    expect(one.attempts[0].queuedAt).toBeDefined();
    expect((await api.get(`/v1/executions/${body.executionId}/steps?status=COMPLETED`)).body.items).toEqual([]);
  });

  it('has no result before its end: 409; then how it ended', async () => {
    const { body } = await start('waiting', { input: { n: 5 } });
    const path = `/v1/executions/${body.executionId}/result`;
    expect(await api.get(path)).toMatchObject({ status: 409, body: { code: 'NOT_TERMINAL' } });
    await api.finish(body.executionId, 'work', { output: [1, 2] });
    expect(await api.get(path)).toMatchObject({ status: 200, body: { status: 'COMPLETED', output: [1, 2] } });
  });

  it('has a history, in pages', async () => {
    const { body } = await start('waiting', { input: { n: 5 } });
    await api.finish(body.executionId, 'work');
    const path = `/v1/executions/${body.executionId}/history`;
    const all = (await api.get(path)).body.items;
    expect(all.map((entry: { seq: number }) => entry.seq)).toEqual(all.map((_: unknown, index: number) => index + 1));
    expect(all.at(0).type).toBe('execution.started');
    expect(all.at(-1).type).toBe('execution.completed');
    const first = (await api.get(`${path}?limit=1`)).body;
    const rest = (await api.get(`${path}?cursor=${first.next}`)).body;
    expect([...first.items, ...rest.items]).toEqual(all);
  });

  it('is cancelled by a command that is on record, and only while it runs', async () => {
    const { body } = await start('waiting', { input: { n: 5 } });
    const path = `/v1/executions/${body.executionId}`;
    expect(await api.post(`${path}/cancel`, { reason: 'changed my mind' })).toMatchObject({
      status: 202,
      body: { status: 'RUNNING' },
    });
    await api.poke(body.executionId);
    await eventually(async () => expect((await api.get(path)).body.status).toBe('CANCELLED'));
    const command = (await api.get(`${path}/history`)).body.items.find(
      (entry: { type: string }) => entry.type === 'command.cancel',
    );
    expect(command).toMatchObject({ by: 'local' });
    expect(await api.post(`${path}/cancel`)).toMatchObject({ status: 409, body: { code: 'WRONG_STATE' } });
  });

  it('is deleted with everything on record about it, once it has ended', async () => {
    const running = (await start('waiting', { input: { n: 5 } })).body.executionId;
    expect(await api.request('DELETE', `/v1/executions/${running}`)).toMatchObject({
      status: 409,
      body: { code: 'WRONG_STATE' },
    });
    const ended = (await start('echo', { input: { n: 5 }, idempotencyKey: 'gone' })).body.executionId;
    expect((await api.request('DELETE', `/v1/executions/${ended}`)).status).toBe(204);
    for (const table of [
      'executions WHERE id',
      'steps WHERE execution_id',
      'history WHERE execution_id',
      'start_keys WHERE execution_id',
    ]) {
      const { rows } = await api.pool.query(`SELECT 1 FROM saga.${table} = $1`, [ended]);
      expect(rows).toEqual([]);
    }
    expect((await api.get(`/v1/executions/${ended}`)).status).toBe(404);
    expect((await api.request('DELETE', `/v1/executions/${ended}`)).status).toBe(404);
  });

  it.each(['nonsense', '00000000-0000-0000-0000-000000000000', '%F0%9F%92%A9'])('is not found by the id %s', async (id) => {
    for (const rest of ['', '/steps', '/history', '/result', '/events']) {
      expect(await api.get(`/v1/executions/${id}${rest}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });
});
