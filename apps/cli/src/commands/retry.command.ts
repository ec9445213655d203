import type { Json } from '@jetsaga/contracts';
import type { Command } from 'commander';
import { forEachExecution } from '../for-each-execution.ts';
import { readInput } from '../input-options.ts';

const collect = (value: string, all: string[]) => [...all, value];

export function addRetry(program: Command): void {
  program
    .command('retry <id...>')
    .description('open the failed, cancelled and undone steps of executions that ended again')
    .option('--input <step.field=value>', 'a field to lay over a step’s configuration; may be repeated', collect, [])
    .action(async (ids: string[], options: { input: string[] }, command: Command) => {
      const given = await readInput(options.input, undefined);
      const input = options.input.length > 0 ? (given as Record<string, { [field: string]: Json }>) : undefined;
      await forEachExecution(ids, command, 'is being retried', (client, id) => client.execution(id).retry({ input }));
    });
}
