import { JetsagaError, type ProblemDetail } from '@jetsaga/client';
import type { CliFailure } from '../cli-failure.ts';

/** One problem on a line, as compilers write it: `file:line:column CODE message (hint)`; `file#pointer` where there is no line. */
export function problemLine(problem: Omit<ProblemDetail, 'code'> & { code?: string }, file?: string): string {
  const lines = [file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const place =
    problem.line === undefined && file && problem.pointer ? `${file}#${problem.pointer}` : lines || problem.pointer || '/';
  const hint = problem.hint ? ` (${problem.hint})` : '';
  return `${place} ${problem.code ?? ''} ${problem.message}${hint}`;
}

/** What went wrong, for a person; with the place of each problem where there are several. */
export function describeError(error: CliFailure | JetsagaError): string {
  const lines = [`${error.code}: ${error.message}`];
  if (error instanceof JetsagaError) lines.push(...problemLines(error));
  if (error.code === 'UNREACHABLE')
    lines.push('Start it with `npx --yes pnpm@12.21.0 start`, or name another server with --server or JETSAGA_URL.');
  return lines.join('\n');
}

function problemLines(error: JetsagaError): string[] {
  return error.errors.map((problem) => `  ${problemLine(problem)}`);
}

/** Lines of what a module was turned into are no lines of the module: only the pointers are left. */
export function withoutLines<P extends { readonly line?: number; readonly column?: number }>(problems: readonly P[]): P[] {
  return problems.map((problem) => ({ ...problem, line: undefined, column: undefined }));
}
