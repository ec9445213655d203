import { join } from 'node:path';
import { eventually, Platform, PlatformProcess, startHttpServer, type TestHttpServer } from '@jetsaga/testing';
import { residentBytes, treeCpuSeconds } from './cpu-usage.ts';
import type { Workload } from './workload.ts';

export interface StackOptions {
  readonly coordinators: number;
  readonly workers: number;
}

/** The processes under load: Postgres, NATS, the API, coordinators, the actions service, and workers whose handler does nothing. */
export class BenchStack {
  private readonly platform: Platform;
  private readonly workers: readonly PlatformProcess[];

  private readonly echo: TestHttpServer;

  private constructor(platform: Platform, workers: readonly PlatformProcess[], echo: TestHttpServer) {
    this.platform = platform;
    this.echo = echo;
    this.workers = workers;
  }

  static async start({ coordinators, workers: count }: StackOptions): Promise<BenchStack> {
    const platform = await Platform.start({
      apps: ['coordinator', 'api', 'actions'],
      replicas: { coordinator: coordinators, actions: count },
    });
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production', NATS_URL: platform.natsUrl };
    const workers = Array.from(
      { length: count },
      (_, index) =>
        new PlatformProcess(index === 0 ? 'worker' : `worker-${index + 1}`, join(import.meta.dirname, 'bench-worker.js'), env),
    );
    const stack = new BenchStack(platform, workers, await startHttpServer(() => ({ body: { ok: true } })));
    for (const worker of workers) worker.start();
    try {
      await eventually(() => stack.seesWorkers(), { timeoutMs: 20_000 });
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  get url(): string {
    return this.platform.url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end('SIGTERM')));
    await this.platform.stop();
    await this.echo.close();
  }

  /** Applies the workload's definition; its key. */
  async apply(workload: Workload): Promise<string> {
    const answer = await fetch(`${this.url}/v1/definitions?allowUnknown=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(workload.definition({ echoUrl: this.echo.url })),
    });
    const body = (await answer.json()) as { key?: string };
    if (!body.key) throw new Error(`the definition of ${workload.name} was refused: ${JSON.stringify(body)}`);
    return body.key;
  }

  cpuSeconds(): Record<string, number> {
    return Object.fromEntries(this.pids().map(([name, pid]) => [name, treeCpuSeconds(pid)]));
  }

  residentMiB(): Record<string, number> {
    return Object.fromEntries(this.pids().map(([name, pid]) => [name, Math.round(residentBytes(pid) / 1_048_576)]));
  }

  private async seesWorkers(): Promise<void> {
    const answer = await fetch(`${this.url}/v1/handlers`);
    const text = await answer.text();
    if (!['bench_noop', 'call_external_service'].every((name) => text.includes(name)))
      throw new Error('the bench workers have not been announced yet');
  }

  private pids(): [string, number][] {
    const apps = [...this.platform.processes.values(), ...this.workers].map((one): [string, number] => [one.name, one.pid ?? 0]);
    const { postgres, nats } = this.platform.serverPids;
    return [...apps, ['postgres', postgres], ['nats', nats]];
  }
}
