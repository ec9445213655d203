export {};
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { BenchStack } from './bench-stack.ts';
import { compareReplicas, type ReplicaComparison } from './compare-replicas.ts';
import { measure, type Measured } from './measure.ts';
import { median } from './median.ts';
import { workloads } from './workload.ts';

const usage = `pnpm bench [WORKLOAD…] [--seconds 10] [--repetitions 3] [--warmup 3] [--coordinators 1] [--workers 1] [--against-one] [--json]
--against-one: what coordinators and workers that many give, loaded in turn with one of each
Workloads: ${workloads.map((workload) => `${workload.name} (${workload.about})`).join('; ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    warmup: { type: 'string', default: '3' },
    coordinators: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    'against-one': { type: 'boolean', default: false },
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
const replicas = { coordinators: Number(values.coordinators), workers: Number(values.workers) };
const wanted = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const options = {
  seconds: Number(values.seconds),
  warmupSeconds: Number(values.warmup),
  repetitions: Number(values.repetitions),
  progress,
};
progress('starting Postgres, NATS, coordinators, api and workers of their own …');
const measured: Measured[] = [];
const comparisons: ReplicaComparison[] = [];
if (values['against-one']) {
  for (const workload of wanted) comparisons.push(await compareReplicas(workload, replicas, options));
} else {
  const stack = await BenchStack.start(replicas);
  try {
    for (const workload of wanted) measured.push(await measure(stack, workload, options));
  } finally {
    await stack.stop();
  }
}
if (values.json) {
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, settings: values };
  console.log(JSON.stringify(values['against-one'] ? { ...machine, comparisons } : { ...machine, measured }, null, 2));
} else {
  console.log(values['against-one'] ? comparisonTable(comparisons) : table(measured));
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

function comparisonTable(rows: readonly ReplicaComparison[]): string {
  const lines = rows.map(({ workload, pairs, medianRatio }) => {
    const ratios = pairs.map((pair) => (pair.many.perSecond / pair.one.perSecond).toFixed(2)).join(', ');
    const middle = (which: 'one' | 'many') => median(pairs.map((pair) => pair[which].perSecond));
    return `| ${workload} | ${middle('one')}/s | ${middle('many')}/s | ${medianRatio} (${ratios}) |`;
  });
  return [
    `| workload | one of each | ${replicas.coordinators} coordinators, ${replicas.workers} workers | ratio: median (each pair) |`,
    '| --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
