import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { readInput } from '../input-options.ts';

const collect = (value: string, all: string[]) => [...all, value];

export function addRerun(program: Command): void {
  program
    .command('rerun <id>')
    .description('start a new execution from a step on, with the outputs of what completed before it')
    .requiredOption('--from <node>', 'the step at which it begins anew')
    .option('--use-version <n>', 'of the definition; the same when absent')
    .option('--input <key=value>', 'a value of a new input; may be repeated', collect, [])
    .option('--input-file <file>', 'a new input, as YAML or JSON')
    .action(
      async (
        id: string,
        options: { from: string; useVersion?: string; input: string[]; inputFile?: string },
        command: Command,
      ) => {
        const context = contextOf(command);
        const { from, useVersion, inputFile } = options;
        const isNew = options.input.length > 0 || inputFile !== undefined;
        const run = await context.client.execution(id).rerun({
          from,
          ...(useVersion !== undefined && { version: Number(useVersion) }),
          ...(isNew && { input: await readInput(options.input, inputFile) }),
        });
        context.print({ executionId: run.id }, () => run.id);
      },
    );
}
