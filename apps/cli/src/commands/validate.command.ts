import { JetsagaError, type ProblemDetail, type Warning } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf, type CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { readDefinitionFile, type DefinitionFile } from '../definition-file.ts';
import { problemLine, withoutLines } from '../output/problems.ts';

interface Verdict {
  readonly file: string;
  readonly valid: boolean;
  /** False where no server was there to say which handlers exist. */
  readonly handlersChecked: boolean;
  readonly problems: readonly ProblemDetail[];
  readonly warnings: readonly Warning[];
}

export function addValidate(program: Command): void {
  program
    .command('validate <file...>')
    .description('check definitions, all problems at once; with a server also their handlers')
    .option('--allow-unknown', 'handlers that no worker ever announced are warnings')
    .action(async (files: string[], options: { allowUnknown?: boolean }, command: Command) => {
      const context = contextOf(command);
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(await verdictIn(await readDefinitionFile(file), context, options.allowUnknown));
      context.print(verdicts, () => verdicts.map(describe).join('\n'));
      const bad = verdicts.filter((verdict) => !verdict.valid).length;
      if (bad > 0) throw new CliFailure('INVALID_DEFINITION', `${bad} of ${verdicts.length} definitions are not valid`);
    });
}

async function verdictIn(file: DefinitionFile, context: CliContext, allowUnknown?: boolean): Promise<Verdict> {
  const verdict = await verdictOn(file, context, allowUnknown);
  if (!file.isCode) return verdict;
  return { ...verdict, problems: withoutLines(verdict.problems), warnings: withoutLines(verdict.warnings) };
}

async function verdictOn(file: DefinitionFile, context: CliContext, allowUnknown?: boolean): Promise<Verdict> {
  try {
    const { warnings } = await context.client.definitions.validate(file.source, { format: file.format, allowUnknown });
    return { file: file.path, valid: true, handlersChecked: true, problems: [], warnings };
  } catch (error) {
    if (!(error instanceof JetsagaError)) throw error;
    if (error.code === 'UNREACHABLE') return verdictWithoutServer(file);
    if (error.status !== 400 && error.status !== 413 && error.status !== 422) throw error;
    const problems = error.errors.length > 0 ? error.errors : [{ code: error.code, message: error.message, pointer: '' }];
    return { file: file.path, valid: false, handlersChecked: true, problems, warnings: [] };
  }
}

/** The checker is loaded only here: other commands start without it. */
async function verdictWithoutServer(file: DefinitionFile): Promise<Verdict> {
  const { checkDefinition, parseDefinition } = await import('@jetsaga/workflow');
  const parsed = parseDefinition(file.source, file.format);
  if ('problems' in parsed)
    return { file: file.path, valid: false, handlersChecked: false, problems: parsed.problems, warnings: [] };
  const { problems, warnings } = checkDefinition(parsed, null);
  return { file: file.path, valid: problems.length === 0, handlersChecked: false, problems, warnings };
}

function describe(verdict: Verdict): string {
  const unchecked = verdict.handlersChecked ? '' : ' (no server: which handlers exist was not checked)';
  return [
    `${verdict.valid ? '✔' : '✖'} ${verdict.file}${unchecked}`,
    ...verdict.problems.map((problem) => `  ${problemLine(problem, verdict.file)}`),
    ...verdict.warnings.map((warning) => `  warning: ${problemLine(warning, verdict.file)}`),
  ].join('\n');
}
