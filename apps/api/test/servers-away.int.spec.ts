import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@jetsaga/testing';
import { echo, waiting, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start({ kind: 'off' }, { ownPostgres: true });
  await api.announce(workHandler);
  await api.apply(echo);
  await api.apply(waiting);
}, 60_000);
afterAll(() => api.stop(), 60_000);

const start = (key: string, query = '', headers?: Record<string, string>) =>
  api.post(`/v1/definitions/${key}/executions${query}`, { input: { n: 1 }, labels: { spec: query } }, headers);

describe('while Postgres is away', () => {
  it('everything says so with 503, nothing is acknowledged, and all is well again afterwards', async () => {
    const before = (await start('echo')).body.executionId;
    await api.servers.postgres!.kill();
    expect((await api.get('/health/live')).status).toBe(200);
    expect(await api.get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'down', parts: { postgres: { status: 'down' } } },
    });
    for (const answer of await Promise.all([
      start('echo'),
      api.get('/v1/executions'),
      api.get(`/v1/executions/${before}`),
      api.get('/v1/definitions'),
      api.post('/v1/definitions', echo),
      api.post('/v1/events/numbers.odd', { n: 1 }),
      api.post('/v1/definitions', echo, { 'idempotency-key': 'away' }),
    ])) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'NOT_READY' } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    await api.servers.postgres!.restart();
    await eventually(async () => expect((await api.get('/health/ready')).status).toBe(200), { timeoutMs: 15_000 });
    await eventually(async () => expect((await start('echo', '?wait=5s')).body.status).toBe('COMPLETED'), { timeoutMs: 15_000 });
    expect((await api.get(`/v1/executions/${before}`)).body.status).toBe('COMPLETED');
  }, 60_000);
});

describe('while NATS is away', () => {
  it('starts are accepted, and a wait hears of an end that it missed', async () => {
    const waitingFor = start('waiting', '?wait=60s');
    const id = await eventually(async () => {
      const { body } = await api.get('/v1/executions?workflow=waiting');
      expect(body.items).toHaveLength(1);
      return body.items[0].id as string;
    });
    await api.servers.nats.kill();
    expect(await start('echo')).toMatchObject({ status: 201 });
    expect(await api.get('/health/ready')).toMatchObject({ status: 503, body: { parts: { nats: { status: 'down' } } } });
    await api.finish(id, 'work', { output: 'missed' });
    await api.servers.nats.restart();
    expect(await waitingFor).toMatchObject({ status: 200, body: { executionId: id, output: 'missed' } });
    await eventually(async () => expect((await api.get('/health/ready')).status).toBe(200), { timeoutMs: 15_000 });
  }, 90_000);
});
