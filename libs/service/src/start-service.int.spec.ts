import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subjects } from '@jetsaga/contracts';
import { connectNats, listen, ServiceClient, type NatsConnection } from '@jetsaga/messaging';
import { createTestDatabase, eventually, startTestNats, type TestDatabase, type TestServer } from '@jetsaga/testing';
import { defineHandler } from '@jetsaga/worker';
import { Controller, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { z } from 'zod';
import { OPEN_DATABASE, startService, type DataSource, type OpenDatabase, type ServiceDefinition } from './index.ts';

const DATABASE = Symbol('DATABASE');
const events: string[] = [];

@Controller()
class ShopController implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) private readonly database: DataSource) {}

  @MessagePattern('svc.shop.answer')
  async answer(): Promise<number> {
    const rows: { answer: number }[] = await this.database.query('SELECT 42 AS answer');
    return rows[0]?.answer ?? 0;
  }

  onApplicationShutdown(): void {
    events.push(`shutdown, database open: ${this.database.isInitialized}`);
  }
}

const database = {
  provide: DATABASE,
  inject: [OPEN_DATABASE],
  useFactory: (open: OpenDatabase) => open({ schema: 'shop', entities: [], migrations: [] }),
};

@Module({ controllers: [ShopController], providers: [database] })
class ShopModule {}

const hello = defineHandler({
  name: 'hello',
  queue: 'shop',
  description: 'for tests',
  config: z.object({}),
  output: z.string(),
  example: {},
  run: () => Promise.resolve('hello'),
});

const shop: ServiceDefinition<'DATABASE_URL'> = {
  name: 'shop',
  module: ShopModule,
  variables: ['DATABASE_URL'],
  handlers: () => [hello],
};

let nats: TestServer;
let testDatabase: TestDatabase;
let connection: NatsConnection;
let home: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  [nats, testDatabase, home] = await Promise.all([
    startTestNats(),
    createTestDatabase(),
    mkdtemp(join(tmpdir(), 'jetsaga-service-')),
  ]);
  connection = await connectNats({ url: nats.url, name: 'spec' });
  environment = {
    NATS_URL: nats.url,
    DATABASE_URL: testDatabase.url,
    JETSAGA_HOME: home,
    LOG_LEVEL: 'silent',
    SHUTDOWN_GRACE: '2s',
  };
}, 60_000);
afterAll(async () => {
  await connection.close();
  await Promise.all([nats.stop(), testDatabase.drop(), rm(home, { recursive: true })]);
});

describe('a service', () => {
  it('answers requests, announces its handlers, tells its health, and stops in order', async () => {
    const announced: string[] = [];
    const listening = listen(connection, subjects.announcements, (message) =>
      announced.push((message.json() as { service: string }).service),
    );
    await connection.flush();
    const service = await startService(shop, environment);
    expect(await new ServiceClient(connection).call('shop', 'answer', {})).toBe(42);
    await eventually(() => expect(announced).toContain('shop'));
    expect(await (await fetch(`${service.url}/health/live`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${service.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ok', parts: { nats: { status: 'ok' }, postgres: { status: 'ok' } } });
    const metrics = await fetch(`${service.url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toMatch(/jetsaga_worker_running_tasks.* 0/);
    await Promise.all([service.stop(), service.stop()]);
    expect(events.splice(0)).toEqual(['shutdown, database open: true']);
    await expect(fetch(service.url)).rejects.toThrow();
    await listening.stop();
  });

  it('is not ready while NATS is away, and is again when it is back', async () => {
    const service = await startService(shop, environment);
    await nats.kill();
    await eventually(async () => {
      const answer = await fetch(`${service.url}/health/ready`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        status: 'down',
        parts: { nats: { status: 'down' }, postgres: { status: 'ok' } },
      });
    });
    await nats.restart();
    await eventually(async () => expect((await fetch(`${service.url}/health/ready`)).status).toBe(200), { timeoutMs: 10_000 });
    await service.stop();
  }, 30_000);
});

describe('wiring that cannot work fails at boot, names the cure, and leaves nothing open', () => {
  it('two handlers of one name', async () => {
    await expect(startService({ ...shop, handlers: () => [hello, hello] }, environment)).rejects.toThrow(
      'two handlers claim the name hello',
    );
  });

  it('a database that was not asked for', async () => {
    await expect(startService({ name: 'shop', module: ShopModule }, environment)).rejects.toThrow('name DATABASE_URL');
  });

  it('an environment that does not fit', async () => {
    const starting = startService(shop, { STORAGE_URL: 'x', HEALTH_PORT: '-1' });
    await expect(starting).rejects.toMatchObject({
      problems: [/^NATS_URL/, /^HEALTH_PORT/, /^DATABASE_URL/].map((each) => expect.stringMatching(each)),
    });
    await expect(startService(shop, { ...environment, STORAGE_URL: 'x' })).rejects.toMatchObject({ code: 'STORAGE_URL_INVALID' });
  });

  it('credentials that Postgres or NATS refuses', async () => {
    const wrong = new URL(nats.url);
    wrong.password = 'wrong';
    await expect(startService(shop, { ...environment, NATS_URL: wrong.href })).rejects.toMatchObject({ code: 'NATS_AUTH' });
    const nowhere = new URL(testDatabase.url);
    nowhere.pathname = '/nowhere';
    await expect(startService(shop, { ...environment, DATABASE_URL: nowhere.href })).rejects.toThrow(/nowhere/);
  });
});
