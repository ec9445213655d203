import type { Command } from 'commander';
import { forEachExecution } from '../for-each-execution.ts';

export function addPause(program: Command): void {
  program
    .command('pause <id...>')
    .description('pause executions: nothing new starts, running tasks finish, timers act later')
    .option('--reason <text>', 'kept in the history')
    .action((ids: string[], options: { reason?: string }, command: Command) =>
      forEachExecution(ids, command, 'is being paused', (client, id) => client.execution(id).pause(options)),
    );
}
