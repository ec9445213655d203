import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jetsaga, type Result } from '@jetsaga/client';
import type { Json } from '@jetsaga/contracts';
import { eventually, Platform, PlatformProcess, startHttpServer, type TestHttpServer } from '@jetsaga/testing';
import { readText, root } from './repository.ts';

let platform: Platform;
let page: TestHttpServer;
let jetsaga: Jetsaga;
/** The last one first, as far as it came. */
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  page = await startHttpServer();
  closers.unshift(() => page.close());
  platform = await Platform.start({ apps: ['coordinator', 'api', 'actions'], durable: false });
  closers.unshift(() => platform.stop());
  jetsaga = new Jetsaga({ url: platform.url });
  const environment = { PATH: process.env['PATH'], NATS_URL: platform.natsUrl };
  const worker = new PlatformProcess('web', join(root, 'examples/workers/check-links.ts'), environment);
  worker.start();
  closers.unshift(() => worker.end('SIGTERM'));
}, 60_000);

afterAll(async () => {
  for (const close of closers) await close();
}, 30_000);

/** What workers offer is known a moment after they started. */
function apply(name: string): Promise<string> {
  return eventually(async () => {
    const { key } = await jetsaga.definitions.apply(readText(`examples/${name}.yaml`), { format: 'yaml' });
    return key;
  });
}

async function run(name: string, input: Json): Promise<Result> {
  const started = await jetsaga.start(await apply(name), input);
  return started.result({ timeout: '20s' });
}

describe('examples run as they stand', () => {
  it('hello', async () => {
    expect(await run('hello', { name: 'Ada', url: `${platform.url}/v1/health` })).toMatchObject({
      status: 'COMPLETED',
      output: { greeting: expect.stringMatching(/^Hello Ada, it answered in \d+ ms$/) },
    });
    expect(await run('hello', { name: 'Ada', url: `${platform.url}/nowhere` })).toMatchObject({
      status: 'COMPLETED',
      output: { greeting: 'Sorry Ada, it answered 404' },
    });
  });

  it('triage', async () => {
    expect(await run('triage', { severity: 9 })).toEqual({ status: 'COMPLETED', output: { level: 'page' } });
    expect(await run('triage', { severity: 5 })).toEqual({ status: 'COMPLETED', output: { level: 'ticket' } });
    expect(await run('triage', { severity: 1 })).toEqual({ status: 'COMPLETED', output: { level: 'log' } });
    expect(await run('triage', { severity: 0 })).toMatchObject({ status: 'FAILED', error: { code: 'NOT_AN_INCIDENT' } });
  });

  it('platform-report', async () => {
    expect(await run('platform-report', { api: platform.url })).toMatchObject({
      status: 'COMPLETED',
      output: { healthy: true, workers: expect.arrayContaining(['actions']), missing: [] },
    });
    page.answer(() => ({ status: 404 }));
    expect(await run('platform-report', { api: page.url })).toMatchObject({
      status: 'COMPLETED',
      output: {
        healthy: false,
        workers: [],
        waiting: 0,
        missing: [expect.stringContaining('404'), expect.anything(), expect.anything()],
      },
    });
  });

  it('welcome', async () => {
    await apply('welcome');
    const first = await jetsaga.event('customers.created', { email: 'Ada@example.com', country: 'DE' });
    const second = await jetsaga.event('customers.created', { email: 'ADA@example.com' });
    expect(second.executions).toEqual(first.executions);
    expect(await jetsaga.event('customers.created', { email: 'x@y.z', country: 'FR' })).toMatchObject({ executions: [] });
    expect(await jetsaga.execution(first.executions[0]!).result({ timeout: '20s' })).toMatchObject({
      status: 'COMPLETED',
      output: { to: 'ada@example.com', text: expect.stringMatching(/^Welcome Ada, with us since \d+ \w+ \d{4}\.$/) },
    });
  });

  it('incidents, with triage as its sub-workflow', async () => {
    await apply('triage');
    const started = await jetsaga.start(await apply('incidents'), { severities: [9, 0, 1] });
    expect(await started.result({ timeout: '20s' })).toEqual({
      status: 'COMPLETED',
      output: { levels: ['page', 'not an incident', 'log'] },
    });
    expect((await started.children()).items.map(({ workflow, status }) => `${workflow} ${status}`).sort()).toEqual([
      'triage COMPLETED',
      'triage COMPLETED',
      'triage FAILED',
    ]);
  });

  it('map-prices', async () => {
    page.answer(({ url }) => (url === '/none' ? { status: 404 } : { body: { price: Number(url?.slice(1)) } }));
    const urls = ['/1', '/none', '/20', '/300', '/4000', '/50000'].map((path) => page.url + path);
    const started = await jetsaga.start(await apply('map-prices'), { urls });
    expect(await started.result({ timeout: '20s' })).toMatchObject({
      status: 'COMPLETED',
      output: { known: [1, 20, 300, 4000, 50000], total: 54321 },
    });
    expect((await started.scopes()).items).toEqual([
      {
        path: 'each',
        handler: 'map',
        status: 'COMPLETED',
        total: 6,
        items: { COMPLETED: 5, FAILED: 1 },
        steps: { COMPLETED: 10, FAILED: 1, SKIPPED: 1 },
      },
    ]);
    expect((await started.steps({ scope: 'each[1]' })).items).toMatchObject([
      { path: 'each[1]/fetch', status: 'FAILED' },
      { path: 'each[1]/price', status: 'SKIPPED' },
    ]);
  });

  it('saga-booking', async () => {
    const payment = `${platform.url}/v1/health`;
    expect(await run('saga-booking', { traveller: 'Ada', api: platform.url, payment })).toEqual({
      status: 'COMPLETED',
      output: { traveller: 'Ada', charged: true },
    });
    const refused = await jetsaga.start('saga-booking', {
      traveller: 'Ada',
      api: platform.url,
      payment: `${platform.url}/nowhere`,
    });
    expect(await refused.result({ timeout: '20s' })).toMatchObject({ status: 'FAILED', error: { path: 'charge' } });
    const { items } = await refused.steps();
    expect(Object.fromEntries(items.map(({ path, status }) => [path, status]))).toEqual({
      start: 'COMPLETED',
      flight: 'COMPENSATED',
      room: 'COMPENSATED',
      car: 'COMPENSATED',
      charge: 'FAILED',
    });
    const undone = (await refused.history()).items.filter(({ type }) => type === 'step.compensated').map(({ path }) => path);
    expect(undone).toEqual(['car', 'room', 'flight']);
  });

  it('nightly-report, and its schedule', async () => {
    expect(await run('nightly-report', { night: '2026-11-01T01:00:00Z', api: platform.url })).toMatchObject({
      status: 'COMPLETED',
      output: { title: 'Night of 1 November 2026', failed: expect.any(Number) },
    });
    const { items } = await jetsaga.schedules.list({ workflow: 'nightly-report' });
    expect(items).toMatchObject([{ schedule: '0 2 * * *', timezone: 'Europe/Berlin', nextRunAt: expect.any(String) }]);
    const { executionId } = await jetsaga.schedules.trigger(items[0]!.id);
    expect(await jetsaga.show(executionId)).toMatchObject({ input: { night: expect.stringMatching(/Z$/) } });
  });

  it('event-chain', async () => {
    await apply('event-chain');
    await jetsaga.event('chain.link', { left: 3 });
    await eventually(async () => {
      const { items } = await jetsaga.list({ workflow: 'event-chain', status: ['COMPLETED'] });
      expect(items.map(({ output }) => output)).toEqual([{ left: 1 }, { left: 2 }, { left: 3 }]);
    });
  });

  it('wait-for-signal', async () => {
    const key = await apply('wait-for-signal');
    const released = await jetsaga.start(key, { order: 'A-7' });
    await released.signal('release', { order: 'A-8', by: 'bob' });
    await released.signal('release', { order: 'A-7', by: 'ann' });
    expect(await released.result({ timeout: '20s' })).toEqual({
      status: 'COMPLETED',
      output: { order: 'A-7', shipped: true, by: 'ann' },
    });
    const givenBack = await jetsaga.start(key, { order: 'A-9', patience: '100ms' });
    expect(await givenBack.result({ timeout: '20s' })).toEqual({ status: 'COMPLETED', output: { order: 'A-9', shipped: false } });
  });

  it('check-links, with a worker of its own', async () => {
    page.answer(({ url }) =>
      url === '/' ? { body: '<a href="/fine">1</a> <a href="gone#top">2</a>' } : { status: url === '/fine' ? 200 : 404 },
    );
    expect(await run('check-links', { url: `${page.url}/` })).toEqual({
      status: 'COMPLETED',
      output: { checked: 2, broken: [`${page.url}/gone`] },
    });
    expect(await run('check-links', { url: `${page.url}/nowhere` })).toMatchObject({
      status: 'FAILED',
      error: { code: 'PAGE_REFUSED' },
    });
  });
});
