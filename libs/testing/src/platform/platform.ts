import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startNats, startPostgres, type EmbeddedServer } from '@jetsaga/embedded';
import { eventually } from '../eventually.ts';
import { PlatformProcess } from './platform-process.ts';

export const platformApps = ['coordinator', 'api', 'ingestion', 'evaluation', 'actions', 'training'] as const;
export type PlatformApp = (typeof platformApps)[number];

export interface PlatformOptions {
  readonly apps: readonly PlatformApp[];
  /** Processes per app; 1 where not named. Replicas are called `coordinator-2` and so on. */
  readonly replicas?: Partial<Record<PlatformApp, number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** False lets Postgres lose what it acknowledged when the machine dies; never for figures. Default true. */
  readonly durable?: boolean;
}

const root = resolve(import.meta.dirname, '../../../..');

/**
 * The real platform as separate processes on embedded servers of its own, for end-to-end, chaos and load runs. The apps run as
 * they are in `dist`: build them first.
 */
export class Platform {
  readonly processes = new Map<string, PlatformProcess>();
  private readonly home: string;
  private readonly durable: boolean;
  private postgres: EmbeddedServer;
  private nats: EmbeddedServer;
  private readonly port: number;
  private readonly healthPorts = new Map<string, number>();

  private constructor(parts: { home: string; durable: boolean; postgres: EmbeddedServer; nats: EmbeddedServer; port: number }) {
    this.home = parts.home;
    this.durable = parts.durable;
    this.postgres = parts.postgres;
    this.nats = parts.nats;
    this.port = parts.port;
  }

  static async start(options: PlatformOptions): Promise<Platform> {
    const home = await mkdtemp(join(tmpdir(), 'jetsaga-platform-'));
    const durable = options.durable ?? true;
    const [postgres, nats, port] = await Promise.all([startPostgres({ home, durable }), startNats({ home }), freePort()]);
    const platform = new Platform({ home, durable, postgres, nats, port });
    try {
      for (const app of options.apps) {
        for (let replica = 1; replica <= (options.replicas?.[app] ?? 1); replica += 1) {
          await platform.addProcess(app, replica, options.env ?? {});
        }
      }
      await platform.ready();
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** Address of the API. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get natsUrl(): string {
    return this.nats.url;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get serverPids(): { postgres: number; nats: number } {
    return { postgres: this.postgres.pid, nats: this.nats.pid };
  }

  process(name: string): PlatformProcess {
    const found = this.processes.get(name);
    if (!found) throw new Error(`no process ${name}; there are ${[...this.processes.keys()].join(', ')}`);
    return found;
  }

  /** `kill -9`, then the same process again. */
  async crash(name: string): Promise<void> {
    const target = this.process(name);
    await target.end('SIGKILL');
    target.start();
  }

  async crashNats(): Promise<void> {
    await this.nats.kill();
    this.nats = await startNats({ home: this.home });
  }

  async crashPostgres(): Promise<void> {
    await this.postgres.kill();
    this.postgres = await startPostgres({ home: this.home, durable: this.durable });
  }

  /** Resolves when every process says that it is ready. */
  async ready(timeoutMs = 60_000): Promise<void> {
    await Promise.all(
      [...this.processes.values()].map((one) =>
        eventually(
          async () => {
            if (!one.running) throw new Error(`${one.name} is not running; it said:\n${one.log}`);
            const answer = await fetch(`http://127.0.0.1:${this.healthPorts.get(one.name)}/health/ready`);
            if (answer.status !== 200) throw new Error(`${one.name} is not ready: ${await answer.text()}\n${one.log}`);
          },
          { timeoutMs },
        ),
      ),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((one) => one.end('SIGTERM')));
    await Promise.all([this.nats.stop(), this.postgres.stop()]);
    await rm(this.home, { recursive: true, force: true });
  }

  private async addProcess(app: PlatformApp, replica: number, env: Readonly<Record<string, string>>): Promise<void> {
    const name = replica === 1 ? app : `${app}-${replica}`;
    const healthPort = app === 'api' && replica === 1 ? this.port : await freePort();
    this.healthPorts.set(name, healthPort);
    const one = new PlatformProcess(name, join(root, 'apps', app, 'dist/main.js'), {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      NATS_URL: this.nats.url,
      DATABASE_URL: this.postgres.url,
      JETSAGA_HOME: this.home,
      JETSAGA_STANDALONE: '1',
      STORAGE_URL: `file:${join(this.home, 'blobs')}`,
      EGRESS_ALLOW: '127.0.0.0/8,::1',
      HOST: '127.0.0.1',
      ...(app === 'api' ? { PORT: String(healthPort) } : { HEALTH_PORT: String(healthPort) }),
      SHUTDOWN_GRACE: '10s',
      ...env,
    });
    this.processes.set(name, one);
    one.start();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolvePort(address.port) : reject(new Error('no port'))));
    });
  });
}
