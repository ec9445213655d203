import { JetsagaError } from '@jetsaga/client';
import { Command, CommanderError } from 'commander';
import { CliFailure } from './cli-failure.ts';
import { addApply } from './commands/apply.command.ts';
import { addCancel } from './commands/cancel.command.ts';
import { addDoctor } from './commands/doctor.command.ts';
import { addEvent } from './commands/event.command.ts';
import { addIngest } from './commands/ingest.command.ts';
import { addList } from './commands/list.command.ts';
import { addQueues } from './commands/queues.command.ts';
import { addRun } from './commands/run.command.ts';
import { addSearch } from './commands/search.command.ts';
import { addShow } from './commands/show.command.ts';
import { addValidate } from './commands/validate.command.ts';
import { addWorkers } from './commands/workers.command.ts';
import { describeError } from './output/problems.ts';

/** Runs one command line and resolves to its exit code: 0 only when what was asked for happened. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = new Command('jetsaga')
    .description('Durable workflows on NATS JetStream and Postgres')
    .option('--server <url>', 'address of the API (JETSAGA_URL)', process.env['JETSAGA_URL'] ?? 'http://127.0.0.1:8000')
    .option('--key <api key>', 'API key (JETSAGA_API_KEY)')
    .option('--json', 'print JSON, for machines')
    .showHelpAfterError('(jetsaga --help tells what there is)')
    .exitOverride();
  for (const add of [
    addValidate,
    addApply,
    addRun,
    addList,
    addShow,
    addCancel,
    addEvent,
    addIngest,
    addSearch,
    addQueues,
    addWorkers,
    addDoctor,
  ]) {
    add(program);
  }
  program.commands.forEach((command) => command.copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof CliFailure) && !(error instanceof JetsagaError)) throw error;
    const json = program.opts<{ json?: boolean }>().json === true;
    console.error(json ? JSON.stringify({ error: { code: error.code, message: error.message } }) : describeError(error));
    return 1;
  }
}
