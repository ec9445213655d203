import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { freePort, isAlive } from '@jetsaga/embedded';
import { eventually, mustBeReleased } from '@jetsaga/testing';

export interface FakeReport {
  readonly pid: number;
  readonly NATS_URL: string;
  readonly DATABASE_URL: string;
  readonly JETSAGA_HOME: string;
  readonly STORAGE_URL: string;
}

/** A home with ports for a fake api and a fake worker, and the supervisors that were started on it. */
export class SupervisedHome {
  private constructor(
    readonly path: string,
    readonly port: number,
    readonly workerPort: number,
  ) {}

  static async create(): Promise<SupervisedHome> {
    return new SupervisedHome(await mkdtemp(join(tmpdir(), 'jetsaga-standalone-')), await freePort(), await freePort());
  }

  start(env: NodeJS.ProcessEnv = {}, workerEnv: NodeJS.ProcessEnv = {}): Supervisor {
    const fakes = [
      { name: 'api', address: { host: '127.0.0.1', port: this.port } },
      { name: 'worker', environment: { FAKE_PORT: String(this.workerPort), ...workerEnv } },
    ];
    return new Supervisor([JSON.stringify(fakes)], {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      JETSAGA_HOME: this.path,
      PORT: String(this.port),
      ...env,
    });
  }

  /** What the fake says, once it answers and the condition holds. */
  report(port: number, condition: (report: FakeReport) => boolean = () => true): Promise<FakeReport> {
    return eventually(
      async () => {
        const report = (await (await fetch(`http://127.0.0.1:${port}`)).json()) as FakeReport;
        if (!condition(report)) throw new Error(`not yet: ${JSON.stringify(report)}`);
        return report;
      },
      { timeoutMs: 20_000 },
    );
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export class Supervisor {
  output = '';
  readonly process: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly #released: () => void;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const script = join(import.meta.dirname, 'fixture/start-fakes.mjs');
    this.process = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    this.process.stderr?.on('data', (chunk) => (this.output += String(chunk)));
    this.#exit = once(this.process, 'exit');
    this.#released = mustBeReleased(`supervisor (process ${this.process.pid})`, async () => {
      this.process.kill('SIGTERM');
      await this.#exit;
    });
  }

  /** Waits until it has said this; throws when it ends or keeps silent instead. */
  async says(text: string | RegExp): Promise<void> {
    const hasSaid = () => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output));
    const isOver = () => this.process.exitCode !== null || this.process.signalCode !== null;
    await eventually(() => expect(hasSaid() || isOver()).toBe(true), { timeoutMs: 60_000 });
    if (!hasSaid()) throw new Error(`it says only:\n${this.output}`);
  }

  /** The exit code. */
  async ended(): Promise<number | null> {
    const [code] = await this.#exit;
    this.#released();
    return code as number | null;
  }
}

/** The process id of a server or app, as the supervisor printed it last. */
export function pidIn(output: string, title: string): number {
  const last = [...output.matchAll(new RegExp(`${title} .*\\(process (\\d+)\\)`, 'g'))].at(-1);
  if (!last) throw new Error(`no ${title} in:\n${output}`);
  return Number(last[1]);
}

export async function isGone(pid: number): Promise<void> {
  await eventually(() => {
    if (isAlive(pid)) throw new Error(`process ${pid} still runs`);
  });
}
