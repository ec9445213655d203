import type { ExecutionStatus } from '@jetsaga/contracts';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { statusLabel } from '../output/colours.ts';
import { brief, duration, shortTime, table } from '../output/table.ts';

interface ListOptions {
  workflow?: string;
  status?: string;
  since?: string;
  limit: string;
}

export function addList(program: Command): void {
  program
    .command('list')
    .description('executions, newest first')
    .option('--workflow <key>', 'of this definition only')
    .option('--status <status>', 'in this state only; several with commas')
    .option('--since <when>', 'ISO time, or how long ago: 1h')
    .option('--limit <n>', 'at most', '20')
    .action(async (options: ListOptions, command: Command) => {
      const context = contextOf(command);
      const page = await context.client.list({
        workflow: options.workflow,
        status: options.status?.toUpperCase().split(',') as ExecutionStatus[] | undefined,
        since: options.since,
        limit: Number(options.limit),
      });
      context.print(page, ({ items, next }) => {
        if (items.length === 0) return 'no executions';
        const rows = items.map((execution) => [
          execution.id,
          `${execution.workflow} v${execution.version}`,
          statusLabel(execution.status),
          shortTime(execution.startedAt ?? execution.createdAt),
          duration(execution.durationMs),
          execution.error ? brief(`${execution.error.code}: ${execution.error.message}`, 60) : '',
        ]);
        return (
          table(['ID', 'WORKFLOW', 'STATUS', 'STARTED', 'TOOK', 'ERROR'], rows) + (next === null ? '' : '\n… and more: --limit')
        );
      });
    });
}
