import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { brief, shortTime, table } from '../output/table.ts';

export function addWorkers(program: Command): void {
  program
    .command('workers')
    .description('workers that are alive, and what they run')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      context.print(await context.client.workers(), ({ items }) => {
        if (items.length === 0) return 'no workers: start a service, or a worker of your own';
        const rows = items.map((worker) => [
          worker.name,
          worker.service,
          worker.queues.join(', '),
          `${worker.running} of ${worker.concurrency}`,
          brief(worker.handlers.join(', '), 60),
          shortTime(worker.lastSeenAt),
        ]);
        return table(['WORKER', 'SERVICE', 'QUEUES', 'BUSY', 'HANDLERS', 'LAST SEEN'], rows);
      });
    });
}
