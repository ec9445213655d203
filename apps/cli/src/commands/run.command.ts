import type { Execution } from '@jetsaga/client';
import { isTerminalExecution } from '@jetsaga/contracts';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { looksLikeFile } from '../definition-file.ts';
import { readInput } from '../input-options.ts';
import { statusLabel } from '../output/colours.ts';
import { watch } from '../output/watch.ts';
import { applyFile } from './apply.command.ts';

interface RunOptions {
  input: string[];
  inputFile?: string;
  label: string[];
  idempotencyKey?: string;
  startAt?: string;
  watch?: boolean;
  allowUnknown?: boolean;
}

const collect = (value: string, all: string[]) => [...all, value];

export function addRun(program: Command): void {
  program
    .command('run <target>')
    .description('start an execution of a definition, by key or file; a file is applied first')
    .option('--input <key=value>', 'a value of the input; may be repeated', collect, [])
    .option('--input-file <file>', 'the input, as YAML or JSON')
    .option('--label <name=value>', 'a label; may be repeated', collect, [])
    .option('--idempotency-key <key>', 'a second start with the same key gives the first execution')
    .option('--start-at <node>', 'skip what is not at or below this step')
    .option('--watch', 'follow it to its end; fails when it does')
    .option('--allow-unknown', 'for a file: handlers that no worker ever announced are warnings')
    .action(async (target: string, options: RunOptions, command: Command) => {
      const context = contextOf(command);
      const input = await readInput(options.input, options.inputFile);
      const key = looksLikeFile(target) ? (await applyFile(target, context, options.allowUnknown)).key : target;
      const labels = Object.fromEntries(options.label.map(pairOf));
      const run = await context.client.start(key, input, {
        labels,
        idempotencyKey: options.idempotencyKey,
        startAt: options.startAt,
      });
      if (!options.watch) {
        context.print({ executionId: run.id }, () => run.id);
        return;
      }
      const execution = await watch(run);
      context.print(execution, outcome);
      if (execution.status !== 'COMPLETED') {
        throw new CliFailure(
          execution.error?.code ?? execution.status,
          execution.error?.message ?? `the execution is ${execution.status}`,
        );
      }
    });
}

function pairOf(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new CliFailure('INVALID_LABEL', `--label wants name=value, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function outcome(execution: Execution): string {
  if (!isTerminalExecution(execution.status)) return statusLabel(execution.status);
  return execution.output === undefined ? statusLabel(execution.status) : JSON.stringify(execution.output, null, 2);
}
