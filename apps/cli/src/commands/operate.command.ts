import { JetsagaError, type Jetsaga } from '@jetsaga/client';
import type { Json } from '@jetsaga/contracts';
import type { Command } from 'commander';
import { contextOf } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { readInput } from '../input-options.ts';

type Outcomes = readonly { readonly id: string; readonly accepted: boolean; readonly reason?: string }[];

/** One command for several executions: what one of them refuses does not keep it from the others. */
async function forEach(
  ids: readonly string[],
  command: Command,
  done: string,
  act: (client: Jetsaga, id: string) => Promise<void>,
) {
  const context = contextOf(command);
  const outcomes: { id: string; accepted: boolean; reason?: string }[] = [];
  for (const id of ids) {
    try {
      await act(context.client, id);
      outcomes.push({ id, accepted: true });
    } catch (error) {
      if (!(error instanceof JetsagaError) || error.status === 0) throw error;
      outcomes.push({ id, accepted: false, reason: error.message });
    }
  }
  context.print<Outcomes>(outcomes, (all) =>
    all.map((one) => `${one.accepted ? '✔' : '✖'} ${one.id} ${one.reason ?? done}`).join('\n'),
  );
  const refused = outcomes.filter((one) => !one.accepted).length;
  if (refused > 0) throw new CliFailure('REFUSED', `${refused} of ${ids.length} executions refused it`);
}

export function addOperate(program: Command): void {
  addPauseAndResume(program);
  addRetry(program);
  addRerun(program);
  addCompensation(program);
}

function addPauseAndResume(program: Command): void {
  program
    .command('pause <id...>')
    .description('pause executions: nothing new starts, running tasks finish, timers act later')
    .option('--reason <text>', 'kept in the history')
    .action((ids: string[], options: { reason?: string }, command: Command) =>
      forEach(ids, command, 'is being paused', (client, id) => client.execution(id).pause(options)),
    );
  program
    .command('resume <id...>')
    .description('go on with executions that were paused')
    .action((ids: string[], _options: object, command: Command) =>
      forEach(ids, command, 'is being resumed', (client, id) => client.execution(id).resume()),
    );
}

const collect = (value: string, all: string[]) => [...all, value];

function addRetry(program: Command): void {
  program
    .command('retry <id...>')
    .description('open the failed, cancelled and undone steps of executions that ended again')
    .option('--input <step.field=value>', 'a field to lay over a step’s configuration; may be repeated', collect, [])
    .action(async (ids: string[], options: { input: string[] }, command: Command) => {
      const given = await readInput(options.input, undefined);
      const input = options.input.length > 0 ? (given as Record<string, { [field: string]: Json }>) : undefined;
      await forEach(ids, command, 'is being retried', (client, id) => client.execution(id).retry({ input }));
    });
}

function addRerun(program: Command): void {
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

function addCompensation(program: Command): void {
  const compensation = program.command('compensation').description('decide about undos that failed');
  compensation
    .command('retry <id> <path>')
    .description('try to undo the step again')
    .option('--reason <text>', 'kept in the history')
    .action(async (id: string, path: string, options: { reason?: string }, command: Command) => {
      await forEach([id], command, `${path} is to be undone again`, (client) =>
        client.execution(id).retryCompensation(path, options.reason),
      );
    });
  compensation
    .command('waive <id> <path>')
    .description('let the execution end although the step is not undone')
    .requiredOption('--reason <text>', 'kept in the history')
    .action(async (id: string, path: string, options: { reason: string }, command: Command) => {
      await forEach([id], command, `${path} need not be undone`, (client) =>
        client.execution(id).waiveCompensation(path, options.reason),
      );
    });
}
