import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resultListSchema, subjects, workerAnnouncementSchema, type StepResult, type Task } from '@jetsaga/contracts';
import { connectNats, listen, NatsBus, serveRequests, type NatsConnection } from '@jetsaga/messaging';
import { eventually, startHttpServer, startTestNats, type TestHttpServer, type TestServer } from '@jetsaga/testing';

const main = resolve(import.meta.dirname, '../dist/main.js');

let home: string;
let nats: TestServer;
let connection: NatsConnection;
let server: TestHttpServer;
beforeAll(async () => {
  [home, nats, server] = await Promise.all([mkdtemp(join(tmpdir(), 'jetsaga-actions-')), startTestNats(), startHttpServer()]);
  connection = await connectNats({ url: nats.url, name: 'spec' });
}, 60_000);
afterAll(async () => {
  await connection.close();
  await Promise.all([nats.stop(), server.close(), rm(home, { recursive: true })]);
});

/** The service as `nx serve actions` runs it. */
function start(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [main], { cwd: home, env: { PATH: process.env['PATH'], ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exited, output: () => output };
}

describe('the process', () => {
  it('says everything that is wrong with its environment, and exits with 1', async () => {
    const { exited, output } = start({ HEALTH_PORT: 'x', WORKER_CONCURRENCY: '-1' });
    expect(await exited).toBe(1);
    expect(output()).toMatch(/actions cannot start.*\n.*NATS_URL: .*pnpm infra.*\n.*HEALTH_PORT: .*\n.*WORKER_CONCURRENCY: /);
  }, 20_000);

  it('reads .env, waits for NATS, announces itself, and exits with 0 on SIGTERM', async () => {
    await writeFile(join(home, '.env'), `NATS_URL=${nats.url}\nLOG_LEVEL=warn\n`);
    const announced: string[] = [];
    const listening = listen(connection, subjects.announcements, (message) => {
      const { leaving, handlers } = workerAnnouncementSchema.parse(message.json());
      announced.push(`${leaving ? 'leaves' : 'works'}: ${handlers.map(({ name }) => name).join()}`);
    });
    await nats.kill();
    const { child, exited, output } = start({ LOG_LEVEL: 'info' });
    await eventually(() => expect(output()).toContain('waiting for it'), { timeoutMs: 15_000 });
    await nats.restart();
    await eventually(() => expect(announced).toContain('works: call_external_service'), { timeoutMs: 15_000 });
    await eventually(() => expect(output()).toContain('is ready'));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await eventually(() => expect(announced).toContain('leaves: call_external_service'));
    await listening.stop();
    await rm(join(home, '.env'));
  }, 40_000);

  it('does a task to its end before it exits', async () => {
    const bus = await NatsBus.create(connection);
    await bus.ensureStreams();
    await bus.ensureQueue('actions');
    const results: StepResult[] = [];
    const answering = serveRequests(connection, subjects.results, 'coordinators', (request) => {
      results.push(...resultListSchema.parse(request.json()).results);
      return { ok: true };
    });
    let answer: () => void = () => undefined;
    server.answer(() => new Promise((done) => (answer = () => done({ body: { said: 'yes' } }))));
    const { child, exited } = start({ NATS_URL: nats.url, EGRESS_ALLOW: '127.0.0.1', LOG_LEVEL: 'warn' });
    const task: Task = {
      v: 1,
      executionId: 'e1',
      workflow: 'w',
      version: 1,
      path: 'ask',
      attempt: 1,
      dispatch: 1,
      kind: 'run',
      handler: 'call_webhook',
      config: { url: server.url },
      idempotencyKey: 'e1:ask:1',
      token: 't',
      timeoutMs: 30_000,
      scheduledAt: Date.now(),
    };
    await bus.publishTasks([{ task, queue: 'actions', traceparent: null }]);
    await eventually(() => expect(server.requests).toHaveLength(1), { timeoutMs: 15_000 });
    child.kill('SIGTERM');
    answer();
    expect(await exited).toBe(0);
    expect(results).toMatchObject([{ outcome: 'completed', branch: 'ok', output: { response: { said: 'yes' } } }]);
    expect(server.requests[0]?.headers['idempotency-key']).toBe('e1:ask:1');
    bus.close();
    await answering.stop();
  }, 40_000);
});
