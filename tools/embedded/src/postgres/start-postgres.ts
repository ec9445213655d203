import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EmbeddedServer, Log } from '../embedded-server.ts';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import { prepareHome } from '../home.ts';
import { logTail, spawnDetached, type DetachedProcess } from '../process/detached.ts';
import { ExitWatch } from '../process/exit-watch.ts';
import { withLock } from '../process/file-lock.ts';
import { freePort } from '../process/free-port.ts';
import { endProcess } from '../process/process-end.ts';
import { isAlive } from '../process/process-identity.ts';
import { prepareCluster, type PostgresCluster } from './postgres-cluster.ts';
import { postgresSettings } from './postgres-settings.ts';
import { disarmLeftovers, endPostmaster, findPostmaster, type Postmaster } from './postmaster.ts';

const database = 'jetsaga';
/** A server that answers, if only that it is recovering, is waited for: replaying what was written takes its time. One that says nothing is not. */
const silentForMs = { adopted: 10_000, started: 30_000 };
const attempts = 10;

export interface StartPostgresOptions {
  /** The folder of `JETSAGA_HOME`; made when missing. */
  readonly home: string;
  /** False: commits do not wait for the disk. For tests only. Default true. */
  readonly durable?: boolean;
  readonly log?: Log;
}

/**
 * A Postgres 18 on this home's data: the one that runs already, else a new one. It listens on loopback and on a Unix
 * socket, on the port it had before where that is still free. `url` goes through the socket.
 */
export async function startPostgres(options: StartPostgresOptions): Promise<EmbeddedServer> {
  const home = await prepareHome(options.home);
  const durable = options.durable ?? true;
  const log = options.log ?? (() => undefined);
  return withLock(join(home, 'postgres.lock'), async () => {
    const cluster = await prepareCluster(home, log);
    const running = await findPostmaster(cluster.dataFolder);
    if (running) {
      const adopted = await adopt(cluster, running, durable);
      if (adopted) return adopted;
      log('stopping a Postgres that does not answer as it should');
      await endPostmaster(running.pid);
    }
    return startNew(cluster, durable, log);
  });
}

async function adopt(cluster: PostgresCluster, postmaster: Postmaster, durable: boolean): Promise<EmbeddedServer | undefined> {
  const client = await connectWhenReady(cluster, postmaster, silentForMs.adopted).catch(() => undefined);
  if (!client) return undefined;
  try {
    const { rows } = await client.query<{ fsync: string }>('SHOW fsync');
    if ((rows[0]?.fsync === 'on') !== durable) return undefined;
  } finally {
    await client.end();
  }
  return toServer(cluster, postmaster, new ExitWatch(postmaster.pid), true);
}

async function startNew(cluster: PostgresCluster, durable: boolean, log: Log): Promise<EmbeddedServer> {
  log('starting Postgres');
  let preferredPort = cluster.state.port;
  for (let attempt = 1; ; attempt += 1) {
    await disarmLeftovers(cluster.dataFolder, cluster.socketFolder);
    const port = await freePort(preferredPort);
    const { child, pid, logStart } = await spawnPostgres(cluster, port, durable);
    const postmaster = { pid, port, socketFolder: cluster.socketFolder };
    try {
      const client = await connectWhenReady(cluster, postmaster, silentForMs.started, log);
      await client.end();
      await cluster.rememberPort(port);
      return await toServer(cluster, postmaster, new ExitWatch(pid, child), false);
    } catch (cause) {
      if (isAlive(pid)) await endPostmaster(pid);
      const said = logTail(cluster.logFile, logStart);
      const portTaken = /could not bind|Address already in use/.test(said);
      if (attempt < attempts && (portTaken || said.includes('pre-existing shared memory block'))) {
        if (portTaken) preferredPort = undefined;
        await sleep(100 * attempt);
        continue;
      }
      throw new EmbeddedServerError(
        'POSTGRES_START_FAILED',
        `Postgres did not start on ${cluster.dataFolder}. The end of ${cluster.logFile}:\n${said}`,
        'Mend what it names, choose another JETSAGA_HOME, or name a Postgres of your own in DATABASE_URL.',
        { cause },
      );
    }
  }
}

function spawnPostgres(cluster: PostgresCluster, port: number, durable: boolean): Promise<DetachedProcess> {
  const settings = postgresSettings({ port, socketFolder: cluster.socketFolder, durable });
  return spawnDetached({
    command: cluster.binaries.postgres,
    arguments: ['-D', cluster.dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile: cluster.logFile,
    account: cluster.account,
  });
}

/** Connects once the server lets us, for as long as its process lives. */
async function connectWhenReady(
  cluster: PostgresCluster,
  postmaster: Postmaster,
  patienceMs: number,
  log?: Log,
): Promise<pg.Client> {
  const started = performance.now();
  let lastAnswer = started;
  let nextNotice = 5_000;
  for (;;) {
    const client = new pg.Client({
      host: postmaster.socketFolder,
      port: postmaster.port,
      user: cluster.state.user,
      password: cluster.state.password,
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      const isRecovering = (error as { code?: string }).code === '57P03';
      if (isRecovering) lastAnswer = performance.now();
      if (error instanceof pg.DatabaseError && !isRecovering) throw error;
      if (!isAlive(postmaster.pid) || performance.now() - lastAnswer > patienceMs) throw error;
      const waited = performance.now() - started;
      if (waited > nextNotice) {
        log?.(`Postgres is still recovering (${Math.round(waited / 1_000)} s)`);
        nextNotice += 5_000;
      }
      await sleep(20);
    }
  }
}

async function toServer(
  cluster: PostgresCluster,
  postmaster: Postmaster,
  watch: ExitWatch,
  adopted: boolean,
): Promise<EmbeddedServer> {
  const version = await ensureDatabase(cluster, postmaster);
  const url = new URL(`postgres://${cluster.state.user}:${cluster.state.password}@localhost:${postmaster.port}/${database}`);
  url.searchParams.set('host', postmaster.socketFolder);
  return {
    name: 'postgres',
    url: url.href,
    pid: postmaster.pid,
    port: postmaster.port,
    version,
    adopted,
    async stop() {
      watch.expect();
      await endPostmaster(postmaster.pid);
    },
    async kill() {
      watch.expect();
      await endProcess(postmaster.pid, [{ signal: 'SIGKILL', waitMs: 10_000 }]);
    },
    onExit: (listener) => watch.listen(listener),
  };
}

async function ensureDatabase(cluster: PostgresCluster, postmaster: Postmaster): Promise<string> {
  const client = await connectWhenReady(cluster, postmaster, silentForMs.started);
  try {
    const { rows } = await client.query<{ version: string; present: boolean }>(
      `SELECT current_setting('server_version') AS version, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS present`,
      [database],
    );
    if (!rows[0]?.present) await client.query(`CREATE DATABASE ${database}`);
    return rows[0]?.version ?? '';
  } finally {
    await client.end();
  }
}
