import type { Command } from 'commander';
import { forEachExecution } from '../for-each-execution.ts';

export function addResume(program: Command): void {
  program
    .command('resume <id...>')
    .description('go on with executions that were paused')
    .action((ids: string[], _options: object, command: Command) =>
      forEachExecution(ids, command, 'is being resumed', (client, id) => client.execution(id).resume()),
    );
}
