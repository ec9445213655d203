import type { BenchStack } from './bench-stack.ts';
import { closedLoop, percentile, type LoopFigures } from './closed-loop.ts';
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

export interface MeasureOptions {
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly repetitions: number;
  readonly progress: (line: string) => void;
}

/** One workload, a warm-up and then so many repetitions. */
export async function measure(stack: BenchStack, workload: Workload, options: MeasureOptions): Promise<Measured> {
  const key = await stack.apply(workload);
  options.progress(`${workload.name}: warming up`);
  await load(stack, workload, key, options.warmupSeconds);
  const runs: Figures[] = [];
  for (let repetition = 1; repetition <= options.repetitions; repetition += 1) {
    const figures = await measureOnce(stack, workload, key, options.seconds);
    runs.push(figures);
    options.progress(`${workload.name} ${repetition}/${options.repetitions}: ${summary(figures)}`);
  }
  return { workload: workload.name, target: workload.target, runs };
}

/** Loads the stack and counts nothing but what ended. */
export function load(stack: BenchStack, workload: Workload, key: string, seconds: number): Promise<LoopFigures> {
  return closedLoop({
    url: stack.url,
    path: `/v1/definitions/${key}/executions${workload.waitForResult ? '?wait=30s' : ''}`,
    body: '{"input":{}}',
    expected: new Set(workload.waitForResult ? [200] : [201]),
    inFlight: workload.inFlight,
    seconds,
  });
}

export async function measureOnce(stack: BenchStack, workload: Workload, key: string, seconds: number): Promise<Figures> {
  const before = stack.cpuSeconds();
  const loop = await load(stack, workload, key, seconds);
  const after = stack.cpuSeconds();
  const cpuByProcess = Object.fromEntries(
    Object.entries(after).map(([name, cpu]) => [name, round(((cpu - (before[name] ?? 0)) / loop.done) * 1_000, 3)]),
  );
  return {
    perSecond: round(loop.done / loop.seconds, 1),
    p50Ms: round(percentile(loop.latencies, 0.5), 2),
    p99Ms: round(percentile(loop.latencies, 0.99), 2),
    failed: loop.failed,
    cpuPer1000: round(
      Object.values(cpuByProcess).reduce((sum, cpu) => sum + cpu, 0),
      3,
    ),
    cpuByProcess,
    residentMiB: stack.residentMiB(),
  };
}

export function summary({ perSecond, p50Ms, p99Ms, cpuPer1000, failed }: Figures): string {
  const failures = failed > 0 ? `, ${failed} FAILED` : '';
  return `${perSecond}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms, ${cpuPer1000} CPU s per 1,000${failures}`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
