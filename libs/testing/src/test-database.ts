import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '@jetsaga/embedded';
import pg from 'pg';
import { eventually } from './eventually.ts';
import { mustBeReleased } from './leak-check.ts';
import { runHome } from './run-home.ts';

export interface TestDatabase {
  /** `postgres://…` through a Unix socket. */
  readonly url: string;
  /** Throws when connections to it are still open 2 s later; drops it all the same. */
  drop(): Promise<void>;
}

let server: Promise<string> | undefined;

/** An empty database on the Postgres that all specs of this Jest run share. Its commits do not wait for the disk. */
export async function createTestDatabase(): Promise<TestDatabase> {
  server ??= runHome().then(async (home) => (await startPostgres({ home: join(home, 'shared'), durable: false })).url);
  const serverUrl = await server;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const drop = async () => {
    released();
    await onServer(serverUrl, async (client) => {
      try {
        await eventually(async () => expectNoConnections(client, name), { timeoutMs: 2_000 });
      } finally {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    });
  };
  const released = mustBeReleased(`database ${name}`, drop);
  return { url: url.href, drop };
}

async function expectNoConnections(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ application_name: string; state: string; query: string }>(
    `SELECT application_name, state, left(query, 200) AS query FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  if (rows.length > 0) throw new Error(`connections to the database are still open: ${JSON.stringify(rows, undefined, 1)}`);
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
