import type { Platform, PlatformProcess } from '@jetsaga/testing';
import { closedLoop, percentile } from './closed-loop.ts';
import { residentBytes, treeCpuSeconds } from './cpu-usage.ts';
import type { Workload } from './workload.ts';

export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** CPU seconds of all processes but the load generator, per 1,000 executions. */
  readonly cpuPer1000: number;
  readonly cpuByProcess: Readonly<Record<string, number>>;
  readonly residentMiB: Readonly<Record<string, number>>;
}

export interface Measured {
  readonly workload: string;
  readonly target: string;
  readonly runs: readonly Figures[];
}

export async function measure(
  platform: Platform,
  worker: PlatformProcess,
  workload: Workload,
  options: { seconds: number; warmupSeconds: number; repetitions: number; progress: (line: string) => void },
): Promise<Measured> {
  const key = await apply(platform, workload);
  const run = (seconds: number) =>
    closedLoop({
      url: platform.url,
      path: `/v1/definitions/${key}/executions${workload.waitForResult ? '?wait=30s' : ''}`,
      body: '{"input":{}}',
      expected: new Set(workload.waitForResult ? [200] : [201]),
      inFlight: workload.inFlight,
      seconds,
    });
  options.progress(`${workload.name}: warming up`);
  await run(options.warmupSeconds);
  const runs: Figures[] = [];
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    const before = cpuOf(platform, worker);
    const loop = await run(options.seconds);
    const after = cpuOf(platform, worker);
    const cpuByProcess = Object.fromEntries(
      Object.entries(after).map(([name, cpu]) => [name, round(((cpu - (before[name] ?? 0)) / loop.done) * 1_000, 3)]),
    );
    const figures: Figures = {
      perSecond: round(loop.done / loop.seconds, 1),
      p50Ms: round(percentile(loop.latencies, 0.5), 2),
      p99Ms: round(percentile(loop.latencies, 0.99), 2),
      failed: loop.failed,
      cpuPer1000: round(
        Object.values(cpuByProcess).reduce((sum, cpu) => sum + cpu, 0),
        3,
      ),
      cpuByProcess,
      residentMiB: Object.fromEntries(
        pids(platform, worker).map(([name, pid]) => [name, Math.round(residentBytes(pid) / 1_048_576)]),
      ),
    };
    runs.push(figures);
    options.progress(
      `${workload.name} ${repetition}/${options.repetitions}: ${figures.perSecond}/s, p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms, ` +
        `${figures.cpuPer1000} CPU s per 1,000${figures.failed > 0 ? `, ${figures.failed} FAILED` : ''}`,
    );
  }
  return { workload: workload.name, target: workload.target, runs };
}

async function apply(platform: Platform, workload: Workload): Promise<string> {
  const answer = await fetch(`${platform.url}/v1/definitions?allowUnknown=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(workload.definition),
  });
  const body = (await answer.json()) as { key?: string };
  if (!body.key) throw new Error(`the definition of ${workload.name} was refused: ${JSON.stringify(body)}`);
  return body.key;
}

function pids(platform: Platform, worker: PlatformProcess): [string, number][] {
  const apps = [...platform.processes.values(), worker].map((one): [string, number] => [one.name, one.pid ?? 0]);
  const { postgres, nats } = platform.serverPids;
  return [...apps, ['postgres', postgres], ['nats', nats]];
}

function cpuOf(platform: Platform, worker: PlatformProcess): Record<string, number> {
  return Object.fromEntries(pids(platform, worker).map(([name, pid]) => [name, treeCpuSeconds(pid)]));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
