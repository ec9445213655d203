import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startNats, startPostgres, type EmbeddedServer } from '@jetsaga/embedded';
import { mustBeReleased } from './leak-check.ts';
import { runHome } from './run-home.ts';

/** A server of the spec's own, to connect to, to kill and to start again. */
export interface TestServer {
  /** Carries the credentials. Stays the same over a restart. */
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, after `kill` or out of full run, on the same port and data. */
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** A fresh NATS server with JetStream, in some 50 ms. */
export function startTestNats(): Promise<TestServer> {
  return startOwn('nats', (home) => startNats({ home }));
}

/** A fresh Postgres of one's own, for specs that kill it. Others do with `createTestDatabase`, which takes a tenth of the time. */
export function startTestPostgres(options: { durable?: boolean } = {}): Promise<TestServer> {
  return startOwn('postgres', (home) => startPostgres({ home, durable: options.durable ?? false }));
}

async function startOwn(name: string, start: (home: string) => Promise<EmbeddedServer>): Promise<TestServer> {
  const home = await mkdtemp(join(await runHome(), `${name}-`));
  let server = await start(home);
  const stop = async () => {
    released();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
  const released = mustBeReleased(`${name} server (process ${server.pid})`, stop);
  return {
    get url() {
      return server.url;
    },
    get pid() {
      return server.pid;
    },
    get version() {
      return server.version;
    },
    kill: () => server.kill(),
    stop,
    async restart() {
      await server.stop();
      const next = await start(home);
      if (next.url !== server.url) throw new Error(`somebody took port ${server.port} while ${name} was down`);
      server = next;
    },
  };
}
