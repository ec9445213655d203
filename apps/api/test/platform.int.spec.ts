import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serveRequests, type Serving } from '@jetsaga/messaging';
import { eventually } from '@jetsaga/testing';
import { echo, workHandler } from './definitions-of-specs.ts';
import { TestApi } from './test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  await api.apply(echo);
}, 60_000);
afterAll(() => api.stop(), 60_000);

describe('health', () => {
  it('is 503 while no coordinator answers, and 200 with every part and its latency when one does', async () => {
    expect((await api.get('/health/live')).status).toBe(200);
    expect(await api.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const without = await api.get('/v1/health');
    expect(without).toMatchObject({
      status: 503,
      body: { status: 'down', parts: { coordinator: { status: 'down' }, postgres: { status: 'ok' } } },
    });
    const coordinator: Serving = serveRequests(api.nats, 'svc.coordinator.health', 'coordinators', () => ({ status: 'ok' }));
    await api.nats.flush();
    await api.announce(workHandler);
    const { status, body } = await api.get('/v1/health');
    await coordinator.stop();
    expect(status).toBe(200);
    expect(body.parts.workers.active).toBe(1);
    for (const part of ['postgres', 'nats', 'coordinator', 'workers']) {
      expect(body.parts[part]).toMatchObject({ status: 'ok', latencyMs: expect.any(Number) });
    }
  });

  it('has metrics', async () => {
    const { status, body, headers } = await api.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch('text/plain');
    expect(body).toMatch(/^jetsaga_process_cpu_user_seconds_total/m);
  });
});

it('lists handlers, workers and queues', async () => {
  await api.announce({ name: 'sleepy', queue: 'other', branches: ['a'] }, { alive: false });
  await api.announce(workHandler);
  const handlers = (await api.get('/v1/handlers')).body.items;
  expect(handlers).toMatchObject([
    { name: 'sleepy', queue: 'other', branches: ['a'], available: false },
    { name: 'spec_work', queue: 'demo', available: true },
  ]);
  expect((await api.get('/v1/workers')).body.items).toMatchObject([
    { name: 'worker-spec_work', queues: ['demo'], handlers: ['spec_work'] },
  ]);
  const queues = (await api.get('/v1/queues')).body.items;
  expect(queues).toMatchObject([
    { name: 'demo', backlog: 0, oldestAgeMs: null, workers: 1, concurrency: 4 },
    { name: 'other', depth: null, workers: 0 },
  ]);
});

it('says how many tasks wait in Postgres, and how long the oldest has', async () => {
  await api.announce(workHandler);
  const work = { id: 'work', handler: 'spec_work', rateLimit: { limit: 1, per: '1h' } };
  const key = await api.apply({ name: 'Limited', dag: { nodes: [work] } });
  for (let count = 0; count < 3; count += 1) await api.post(`/v1/definitions/${key}/executions`, {});
  const demo = async () => (await api.get('/v1/queues')).body.items.find((queue: { name: string }) => queue.name === 'demo');
  // The coordinator's engine of this spec is not told; it looks once a second.
  await eventually(async () => expect(await demo()).toMatchObject({ backlog: 2, depth: 1 }));
  expect((await demo()).oldestAgeMs).toBeGreaterThan(0);
});

describe('the description of the API', () => {
  it('is OpenAPI 3.1, with every route of the contract', async () => {
    const { status, body } = await api.get('/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    for (const path of [
      '/v1/definitions',
      '/v1/definitions/{key}/executions',
      '/v1/executions/{id}/events',
      '/v1/events/{type}',
      '/v1/documents',
      '/v1/search',
      '/v1/workflow/trigger/{executionId}',
      '/v1/health',
    ]) {
      expect(Object.keys(body.paths)).toContain(path);
    }
    const start = body.paths['/v1/definitions/{key}/executions'].post;
    expect(start.requestBody.content['application/json'].schema).toMatchObject({ type: 'object' });
    expect(start.responses['201'].content['application/json'].schema).toMatchObject({ required: ['executionId'] });
  });

  it('has a page that brings its own assets', async () => {
    const page = await api.get('/docs');
    expect(page.status).toBe(200);
    const assets = [...(page.body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).not.toMatch(/^(https?:)?\/\//);
      expect((await api.get(new URL(asset, `${api.url}/docs`).pathname)).status).toBe(200);
    }
  });

  it('is linked from the page at /', async () => {
    const { status, body, headers } = await api.get('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch('text/html');
    expect(body).toContain('href="/docs"');
  });
});

describe('an idempotency key', () => {
  it('gives the first answer again', async () => {
    const apply = (key: string, definition: unknown) => api.post('/v1/definitions', definition, { 'idempotency-key': key });
    const definition = { ...echo, name: 'Applied once' };
    const first = await apply('d1', definition);
    const second = await apply('d1', definition);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await apply('d1', { ...definition, description: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_CONFLICT' },
    });
  });

  it('does not keep what failed', async () => {
    const headers = { 'idempotency-key': 'd2' };
    expect((await api.post('/v1/definitions', { name: 'Broken' }, headers)).status).toBe(422);
    expect((await api.post('/v1/definitions', { ...echo, name: 'Mended' }, headers)).status).toBe(201);
  });

  it('that is too long is refused', async () => {
    const { status, body } = await api.post('/v1/definitions/echo/enable', undefined, { 'idempotency-key': 'a'.repeat(256) });
    expect(status).toBe(422);
    expect(body.code).toBe('INVALID_IDEMPOTENCY_KEY');
  });
});
