import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, Platform, PlatformProcess } from '@jetsaga/testing';
import { measure, type Measured } from './measure.ts';
import { workloads } from './workload.ts';

const usage = `pnpm bench [WORKLOAD…] [--seconds 10] [--repetitions 3] [--warmup 3] [--coordinators 1] [--json]
Workloads: ${workloads.map((workload) => `${workload.name} (${workload.about})`).join('; ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    warmup: { type: 'string', default: '3' },
    coordinators: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const unknown = positionals.filter((name) => !workloads.some((workload) => workload.name === name));
if (unknown.length > 0) {
  console.error(`no workload ${unknown.join(', ')}\n${usage}`);
  process.exit(2);
}

const progress = (line: string) => console.error(line);
progress('starting Postgres, NATS, coordinator, api and a worker of their own …');
const platform = await Platform.start({ apps: ['coordinator', 'api'], replicas: { coordinator: Number(values.coordinators) } });
const worker = new PlatformProcess('worker', join(import.meta.dirname, 'bench-worker.js'), {
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  NATS_URL: platform.natsUrl,
});
const measured: Measured[] = [];
try {
  worker.start();
  await eventually(
    async () => {
      const answer = await fetch(`${platform.url}/v1/handlers`);
      if (!(await answer.text()).includes('bench_noop')) throw new Error('the bench worker has not been announced yet');
    },
    { timeoutMs: 20_000 },
  );
  for (const workload of workloads) {
    if (positionals.length > 0 && !positionals.includes(workload.name)) continue;
    measured.push(
      await measure(platform, worker, workload, {
        seconds: Number(values.seconds),
        warmupSeconds: Number(values.warmup),
        repetitions: Number(values.repetitions),
        progress,
      }),
    );
  }
} finally {
  await worker.end('SIGTERM');
  await platform.stop();
}
if (values.json) {
  console.log(
    JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, settings: values, measured }, null, 2),
  );
} else {
  console.log(table(measured));
}

function table(rows: readonly Measured[]): string {
  const lines = rows.map(({ workload, target, runs }) => {
    const middle = (pick: (run: Measured['runs'][number]) => number) => median(runs.map(pick));
    const rates = runs.map((run) => run.perSecond);
    return `| ${workload} | ${target} | ${middle((run) => run.perSecond)} (${Math.min(...rates)}–${Math.max(...rates)}) | ${middle((run) => run.p50Ms)} | ${middle((run) => run.p99Ms)} | ${middle((run) => run.cpuPer1000)} | ${runs.reduce((sum, run) => sum + run.failed, 0)} |`;
  });
  return [
    '| workload | target | per second (spread) | p50 ms | p99 ms | CPU s per 1,000 | failed |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
