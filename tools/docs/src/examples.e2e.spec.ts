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

  it('one-at-a-time', async () => {
    const key = await apply('one-at-a-time');
    const runs = await Promise.all([10, 20, 30].map((amount) => jetsaga.start(key, { account: 'A-7', amount })));
    const shown = await Promise.all(runs.map((started) => started.show()));
    expect(shown.map(({ status }) => status)).toContain('PENDING');
    const results = await Promise.all(runs.map((started) => started.result({ timeout: '20s' })));
    expect(results).toEqual([10, 20, 30].map((booked) => ({ status: 'COMPLETED', output: { account: 'A-7', booked } })));
    const times = await Promise.all(runs.map((started) => started.show()));
    const order = times.sort((a, b) => a.startedAt!.localeCompare(b.startedAt!));
    for (const [index, later] of order.slice(1).entries()) {
      expect(Date.parse(later.startedAt!)).toBeGreaterThanOrEqual(Date.parse(order[index]!.finishedAt!));
    }
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
