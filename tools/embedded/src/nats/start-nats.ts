import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import type { EmbeddedServer, Log } from '../embedded-server.ts';
import { EmbeddedServerError } from '../embedded-server-error.ts';
import { prepareHome } from '../home.ts';
import { readPrivateJson, writePrivateFile } from '../private-file.ts';
import { logTail, spawnDetached } from '../process/detached.ts';
import { ExitWatch } from '../process/exit-watch.ts';
import { withLock } from '../process/file-lock.ts';
import { freePort } from '../process/free-port.ts';
import { endProcess } from '../process/process-end.ts';
import { isAlive, processCommand } from '../process/process-identity.ts';
import { findNatsServer } from './find-nats-server.ts';
import { natsConfigText } from './nats-config.ts';

/** A large store is read through when the server starts. One that runs answers at once. */
const answersWithinMs = { adopted: 10_000, started: 60_000 };
const attempts = 5;

export interface StartNatsOptions {
  /** The folder of `JETSAGA_HOME`; made when missing. */
  readonly home: string;
  /** Where JetStream keeps its files. Default `<home>/nats/store`. */
  readonly storeDir?: string;
  /** Default: the port it had before, else a free one. */
  readonly port?: number;
  /** `sync_interval` of JetStream: a duration, or `always`. Default: the server's own. */
  readonly syncInterval?: string;
  readonly log?: Log;
}

export interface NatsServer extends EmbeddedServer {
  readonly name: 'nats';
  readonly credentials: { readonly user: string; readonly password: string };
}

/** What `<home>/nats.json` remembers, mode 0600. */
interface NatsState {
  readonly user: string;
  readonly password: string;
  readonly port?: number;
}

interface NatsPlace {
  readonly folder: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly stateFile: string;
  readonly state: NatsState;
}

/**
 * A NATS server with JetStream on this home's data: the one that runs already, else a new one, on loopback, on the port
 * it had before where that is still free. `url` carries user and password.
 */
export async function startNats(options: StartNatsOptions): Promise<NatsServer> {
  const home = await prepareHome(options.home);
  const log = options.log ?? (() => undefined);
  return withLock(join(home, 'nats.lock'), async () => {
    const place = await prepare(home);
    const pid = await runningServer(place);
    if (pid !== undefined) {
      const version = await answeringVersion(place.state, pid, answersWithinMs.adopted).catch(() => undefined);
      if (version && place.state.port)
        return toServer(place.state, { pid, port: place.state.port, version }, new ExitWatch(pid), true);
      log('stopping a NATS server that does not answer as it should');
      await endNats(pid);
    }
    return startNew(place, options, log);
  });
}

async function prepare(home: string): Promise<NatsPlace> {
  const folder = join(home, 'nats');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stateFile = join(home, 'nats.json');
  let state = await readPrivateJson<NatsState>(stateFile);
  if (!state) {
    state = { user: 'jetsaga', password: randomBytes(24).toString('base64url') };
    await writePrivateFile(stateFile, JSON.stringify(state));
  }
  const configFile = join(folder, 'nats.conf');
  return { folder, configFile, stateFile, state, pidFile: join(folder, 'nats.pid'), logFile: join(home, 'logs/nats.log') };
}

/** The id in the file counts only when that process was started on this home's configuration. */
async function runningServer(place: NatsPlace): Promise<number | undefined> {
  const pid = Number(await readFile(place.pidFile, 'utf8').catch(() => ''));
  if (!pid) return undefined;
  return processCommand(pid)?.endsWith(`-c ${place.configFile}`) ? pid : undefined;
}

async function startNew(place: NatsPlace, options: StartNatsOptions, log: Log): Promise<NatsServer> {
  const binary = await findNatsServer(log);
  log(`starting NATS ${binary.version}`);
  let preferredPort = options.port ?? place.state.port;
  for (let attempt = 1; ; attempt += 1) {
    await rm(place.pidFile, { force: true });
    const port = await freePort(preferredPort);
    const state = { ...place.state, port };
    const storeFolder = options.storeDir ?? join(place.folder, 'store');
    await writePrivateFile(
      place.configFile,
      natsConfigText({ ...place, ...state, storeFolder, syncInterval: options.syncInterval }),
    );
    // Remembered before the start, so that a server whose parent dies right after it is found again.
    await writePrivateFile(place.stateFile, JSON.stringify(state));
    const { child, pid, logStart } = await spawnDetached({
      command: binary.path,
      arguments: ['-c', place.configFile],
      logFile: place.logFile,
    });
    try {
      const version = await answeringVersion(state, pid, answersWithinMs.started);
      return toServer(state, { pid, port, version }, new ExitWatch(pid, child), false);
    } catch (cause) {
      if (isAlive(pid)) await endNats(pid);
      const said = logTail(place.logFile, logStart);
      if (attempt < attempts && said.includes('address already in use')) {
        preferredPort = undefined;
        await sleep(100 * attempt);
        continue;
      }
      throw new EmbeddedServerError(
        'NATS_START_FAILED',
        `${binary.path} did not start. The end of ${place.logFile}:\n${said}`,
        'Mend what it names, choose another JETSAGA_HOME, or name a NATS server of your own in NATS_URL.',
        { cause },
      );
    }
  }
}

/** Waits until the server lets us in and JetStream answers; throws when its process ends before. */
async function answeringVersion(state: NatsState, pid: number, withinMs: number): Promise<string> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      const connection = await connect({
        servers: `127.0.0.1:${state.port}`,
        user: state.user,
        pass: state.password,
        reconnect: false,
        timeout: 2_000,
      });
      try {
        await connection.request('$JS.API.INFO', undefined, { timeout: 2_000 });
        return connection.info?.version ?? '';
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (!isAlive(pid) || performance.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

function toServer(
  state: NatsState,
  { pid, port, version }: { pid: number; port: number; version: string },
  watch: ExitWatch,
  adopted: boolean,
): NatsServer {
  return {
    name: 'nats',
    url: `nats://${state.user}:${state.password}@127.0.0.1:${port}`,
    credentials: { user: state.user, password: state.password },
    pid,
    port,
    version,
    adopted,
    async stop() {
      watch.expect();
      await endNats(pid);
    },
    async kill() {
      watch.expect();
      await endProcess(pid, [{ signal: 'SIGKILL', waitMs: 10_000 }]);
    },
    onExit: (listener) => watch.listen(listener),
  };
}

/** It syncs its store on SIGTERM. A stopped process is woken first, else it would not hear. */
async function endNats(pid: number): Promise<void> {
  await endProcess(pid, [
    { signal: 'SIGCONT', waitMs: 0 },
    { signal: 'SIGTERM', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]);
}
