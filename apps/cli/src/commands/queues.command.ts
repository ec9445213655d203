import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { duration, table } from '../output/table.ts';

const figure = (value: number | null) => (value === null ? '?' : String(value));

export function addQueues(program: Command): void {
  program
    .command('queues')
    .description('how deep the queues are, and who works on them')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      context.print(await context.client.queues(), ({ items }) => {
        if (items.length === 0) return 'no queues: no worker has announced itself yet';
        const rows = items.map((queue) => [
          queue.name,
          figure(queue.depth),
          String(queue.backlog),
          duration(queue.oldestAgeMs ?? undefined),
          figure(queue.running),
          String(queue.workers),
          String(queue.concurrency),
        ]);
        return table(['QUEUE', 'IN STREAM', 'IN POSTGRES', 'OLDEST', 'RUNNING', 'WORKERS', 'CONCURRENCY'], rows);
      });
    });
}
