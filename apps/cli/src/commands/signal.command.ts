import type { Json } from '@jetsaga/contracts';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';

export function addSignal(program: Command): void {
  program
    .command('signal <id> <name>')
    .description('send a signal to an execution: kept until a step takes it')
    .option('--payload <json>', 'what it carries', 'null')
    .action(async (id: string, name: string, options: { payload: string }, command: Command) => {
      const context = contextOf(command);
      await context.client.signal(id, name, readPayload(options.payload));
      context.print({ id, signal: name }, () => `✔ ${id} has the signal ${name}`);
    });
}

function readPayload(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new CliFailure('INVALID_INPUT', `--payload wants JSON, such as '{"by": "ann"}' or '"a text"', not ${text}`, { cause });
  }
}
