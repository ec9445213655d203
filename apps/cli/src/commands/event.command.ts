import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { readInput } from '../input-options.ts';

interface EventOptions {
  data: string[];
  dataFile?: string;
  idempotencyKey?: string;
}

export function addEvent(program: Command): void {
  program
    .command('event <type>')
    .description('publish an event; what listens to it starts')
    .option('--data <key=value>', 'a value of its data; may be repeated', (value: string, all: string[]) => [...all, value], [])
    .option('--data-file <file>', 'its data, as YAML or JSON')
    .option('--idempotency-key <key>', 'sent again with the same key, it starts nothing twice')
    .action(async (type: string, options: EventOptions, command: Command) => {
      const context = contextOf(command);
      const data = await readInput(options.data, options.dataFile);
      const receipt = await context.client.event(type, data, { idempotencyKey: options.idempotencyKey });
      context.print(receipt, ({ id, executions, rejected }) =>
        [
          `event ${id} published; ${executions.length === 0 ? 'nothing listens to it' : `started ${executions.join(', ')}`}`,
          ...rejected.map(
            (one) => `✖ ${one.workflow}: ${one.problems.map((problem) => `${problem.pointer} ${problem.message}`).join('; ')}`,
          ),
        ].join('\n'),
      );
    });
}
