import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive } from '@jetsaga/embedded';
import pg from 'pg';
import {
  createTestDatabase,
  startHttpServer,
  startTestNats,
  startTestPostgres,
  type TestDatabase,
  type TestServer,
} from './index.ts';

describe('a database of the shared Postgres', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(() => database.drop());

  it('is empty and can be written to', async () => {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query('CREATE TABLE t AS SELECT 1 AS x');
    expect((await client.query('SELECT x FROM t')).rows).toEqual([{ x: 1 }]);
    await client.end();
  });

  it('cannot be dropped silently while somebody is connected', async () => {
    const other = await createTestDatabase();
    const client = new pg.Client({ connectionString: other.url, application_name: 'forgetful' });
    client.on('error', () => undefined);
    await client.connect();
    await expect(other.drop()).rejects.toThrow('forgetful');
  });
});

describe.each([
  ['NATS', startTestNats],
  ['Postgres', startTestPostgres],
])('a %s server of the spec’s own', (_name, start: () => Promise<TestServer>) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  it('comes back at the same address after a kill', async () => {
    const { url, pid } = server;
    await server.kill();
    expect(isAlive(pid)).toBe(false);
    await server.restart();
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
  });
});

describe('an HTTP server', () => {
  it('answers and records', async () => {
    const server = await startHttpServer((request) => ({ status: 201, body: { got: request.json() } }));
    const response = await fetch(`${server.url}/a?b=1`, { method: 'POST', body: '{"x":1}' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ got: { x: 1 } });
    expect(server.requests).toMatchObject([{ method: 'POST', url: '/a?b=1' }]);
    server.answer(() => {
      throw new Error('broken');
    });
    expect((await fetch(server.url)).status).toBe(500);
    await server.close();
  });
});
