import { JetsagaError, type Receipt } from '@jetsaga/client';
import type { Command } from 'commander';
import { contextOf, type CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { readDefinitionFile } from '../definition-file.ts';
import { problemLine, withoutLines } from '../output/problems.ts';

export type Applied = Receipt & { readonly changed: boolean };

export function addApply(program: Command): void {
  program
    .command('apply <file...>')
    .description('check definitions and make them current')
    .option('--allow-unknown', 'handlers that no worker ever announced are warnings')
    .action(async (files: string[], options: { allowUnknown?: boolean }, command: Command) => {
      const context = contextOf(command);
      const applied: (Applied & { file: string })[] = [];
      for (const file of files) applied.push({ file, ...(await applyFile(file, context, options.allowUnknown)) });
      context.print(applied, (all) => all.map(describe).join('\n'));
    });
}

/** Rejects with a failure that names every problem with its place in the file. */
export async function applyFile(path: string, context: CliContext, allowUnknown?: boolean): Promise<Applied> {
  const file = await readDefinitionFile(path);
  try {
    const applied = await context.client.definitions.apply(file.source, { format: file.format, allowUnknown });
    return file.isCode ? { ...applied, warnings: withoutLines(applied.warnings) } : applied;
  } catch (error) {
    if (error instanceof JetsagaError && error.errors.length > 0) {
      const problems = file.isCode ? withoutLines(error.errors) : error.errors;
      const lines = problems.map((problem) => `  ${problemLine(problem, path)}`);
      throw new CliFailure(error.code, [error.message, ...lines].join('\n'), { cause: error });
    }
    throw error;
  }
}

function describe({ file, key, version, changed, warnings }: Applied & { file: string }): string {
  const verb = changed ? 'applied' : 'unchanged';
  return [
    `✔ ${file}: ${key} version ${version} ${verb}`,
    ...warnings.map((warning) => `  warning: ${problemLine(warning, file)}`),
  ].join('\n');
}
