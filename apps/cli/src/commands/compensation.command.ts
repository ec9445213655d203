import type { Command } from 'commander';
import { forEachExecution } from '../for-each-execution.ts';

export function addCompensation(program: Command): void {
  const compensation = program.command('compensation').description('decide about undos that failed');
  compensation
    .command('retry <id> <path>')
    .description('try to undo the step again')
    .option('--reason <text>', 'kept in the history')
    .action(async (id: string, path: string, options: { reason?: string }, command: Command) => {
      await forEachExecution([id], command, `${path} is to be undone again`, (client) =>
        client.execution(id).retryCompensation(path, options.reason),
      );
    });
  compensation
    .command('waive <id> <path>')
    .description('let the execution end although the step is not undone')
    .requiredOption('--reason <text>', 'kept in the history')
    .action(async (id: string, path: string, options: { reason: string }, command: Command) => {
      await forEachExecution([id], command, `${path} need not be undone`, (client) =>
        client.execution(id).waiveCompensation(path, options.reason),
      );
    });
}
