import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkAction, BulkJob } from '@jetsaga/client';
import { bulkActions } from '@jetsaga/contracts';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';

interface BulkOptions {
  workflow?: string;
  status?: string;
  label: string[];
  since?: string;
  until?: string;
  query?: string;
  reason?: string;
  compensate: boolean;
  wait: boolean;
}

const lookEveryMs = 250;

export function addBulk(program: Command): void {
  program
    .command('bulk <action>')
    .description(`${bulkActions.join(', ')}: for every execution that matches`)
    .option('--workflow <key>', 'of this definition only')
    .option('--status <status>', 'in this state only; several with commas')
    .option('--label <name=value>', 'with this label; may be repeated', (value: string, all: string[]) => [...all, value], [])
    .option('--since <when>', 'accepted since: ISO time, or how long ago: 1h')
    .option('--until <when>', 'accepted before')
    .option('--query <text>', 'part of the id, the workflow or a label')
    .option('--reason <text>', 'of a cancel or a pause')
    .option('--no-compensate', 'of a cancel: undo nothing')
    .option('--no-wait', 'do not follow the job')
    .action(async (action: string, options: BulkOptions, command: Command) => {
      const context = contextOf(command);
      if (!isBulkAction(action)) throw new CliFailure('INVALID_ACTION', `${action} is none of ${bulkActions.join(', ')}`);
      const { reason } = options;
      const job = await context.client.bulk(action, filterOf(options), {
        ...(reason !== undefined && { reason }),
        ...(!options.compensate && { compensate: false }),
      });
      const last = options.wait ? await follow(job, (id) => context.client.bulkJob(id)) : job;
      context.print(last, ({ id, done, total, status }) =>
        status === 'COMPLETED' ? `✔ ${action}: ${done} executions` : `${id}: ${action} of ${total} executions has begun`,
      );
    });
}

function isBulkAction(text: string): text is BulkAction {
  return (bulkActions as readonly string[]).includes(text);
}

function filterOf({ workflow, status, label, since, until, query }: BulkOptions): Record<string, string> {
  const labels = label.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new CliFailure('INVALID_LABEL', `--label wants name=value, not ${pair}`);
    return [`label.${pair.slice(0, equals)}`, pair.slice(equals + 1)] as const;
  });
  const given = Object.entries({ workflow, status, since, until, q: query }).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries([...given, ...labels]) as Record<string, string>;
}

async function follow(first: BulkJob, look: (id: string) => Promise<BulkJob>): Promise<BulkJob> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} executions, {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    stream: process.stderr,
    noTTYOutput: false,
  });
  bar.start(first.total, first.done);
  try {
    for (let job = first; ; job = await look(job.id)) {
      bar.update(Math.min(job.done, job.total));
      if (job.status === 'COMPLETED') return job;
      await sleep(lookEveryMs);
    }
  } finally {
    bar.stop();
  }
}
