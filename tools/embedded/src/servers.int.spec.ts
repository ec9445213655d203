import { execFile, spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isAlive, startNats, startPostgres, type EmbeddedServer } from './index.ts';

const built = new URL('../dist/index.js', import.meta.url).href;

/** Starts a server in a process that is then killed, and returns the server's process id. */
function startInKilledProcess(start: string, home: string): Promise<number> {
  const script = `
    import { ${start} } from '${built}';
    const { pid } = await ${start}({ home: process.argv[1] });
    process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL'));
  `;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', script, home], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve(Number(stdout));
      else reject(new Error(stderr));
    });
  });
}

async function query(server: EmbeddedServer, sql: string): Promise<unknown[]> {
  const client = new pg.Client(server.url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

let home: string;
let running: EmbeddedServer[] = [];
const kept = async <T extends EmbeddedServer>(server: Promise<T>): Promise<T> => {
  running.push(await server);
  return server;
};
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jetsaga-servers-'));
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
  await rm(home, { recursive: true });
});

describe.each([
  ['Postgres', 'startPostgres', startPostgres],
  ['NATS', 'startNats', startNats],
] as const)('%s', (_name, start, startHere: (options: { home: string }) => Promise<EmbeddedServer>) => {
  it('outlives a parent that was killed and is adopted, once for all who ask', async () => {
    const pid = await startInKilledProcess(start, home);
    expect(isAlive(pid)).toBe(true);
    const [first, second] = await Promise.all([kept(startHere({ home })), kept(startHere({ home }))]);
    for (const server of [first, second]) expect(server).toMatchObject({ pid, adopted: true, url: first.url });
  }, 60_000);

  it('tells when it is gone, and comes back at the same address', async () => {
    const before = await kept(startHere({ home }));
    const gone = new Promise((resolve) => before.onExit(resolve));
    process.kill(before.pid, 'SIGKILL');
    expect(await gone).toEqual({ expected: false });
    const after = await kept(startHere({ home }));
    expect(after).toMatchObject({ adopted: false, url: before.url });
    expect(after.pid).not.toBe(before.pid);
  }, 60_000);

  it('moves to another port when somebody took its own', async () => {
    const before = await kept(startHere({ home }));
    await before.stop();
    const thief = createServer().listen(before.port, '127.0.0.1');
    await new Promise((resolve) => thief.once('listening', resolve));
    const after = await kept(startHere({ home }));
    expect(after.port).not.toBe(before.port);
    await new Promise((resolve) => thief.close(resolve));
  }, 60_000);

  it('keeps its secrets from others', async () => {
    const { name } = await kept(startHere({ home }));
    expect(statSync(join(home, `${name}.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o007).toBe(0);
  }, 60_000);
});

describe('Postgres', () => {
  it('keeps its data over a kill, also when another process has its old id by now', async () => {
    const before = await kept(startPostgres({ home }));
    await query(before, 'CREATE TABLE t AS SELECT 7 AS x');
    await before.kill();
    const bystander = spawn('sleep', ['60']);
    const pidFile = join(home, 'postgres/data/postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)));
    const after = await kept(startPostgres({ home }));
    expect(await query(after, 'SELECT x FROM t')).toEqual([{ x: 7 }]);
    expect(isAlive(bystander.pid as number)).toBe(true);
    bystander.kill();
  }, 60_000);

  it('waits for the disk unless told otherwise, also when it runs already', async () => {
    const fast = await kept(startPostgres({ home, durable: false }));
    expect(await query(fast, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    const safe = await kept(startPostgres({ home }));
    expect(await query(safe, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  }, 60_000);

  it('lives in a folder whose path is too long for a socket', async () => {
    const server = await kept(startPostgres({ home: join(home, 'a'.repeat(100)) }));
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await rm(new URL(server.url).searchParams.get('host') as string, { recursive: true });
  }, 60_000);

  it('does not touch data whose password is lost', async () => {
    const server = await kept(startPostgres({ home }));
    await server.stop();
    await rm(join(home, 'postgres.json'));
    await expect(startPostgres({ home })).rejects.toMatchObject({ code: 'POSTGRES_CREDENTIALS_LOST' });
  }, 60_000);
});

describe('NATS', () => {
  it('lets nobody in without its password', async () => {
    const server = await kept(startNats({ home }));
    const { user, password: pass } = server.credentials;
    const connection = await connect({ servers: `127.0.0.1:${server.port}`, user, pass });
    expect(connection.info?.max_payload).toBe(8 * 1024 * 1024);
    await connection.close();
    await expect(connect({ servers: `127.0.0.1:${server.port}`, reconnect: false })).rejects.toThrow(/authorization/i);
  }, 60_000);
});
