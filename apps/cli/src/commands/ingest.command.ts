import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { JetsagaError, type Result } from '@jetsaga/client';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { contextOf, type CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { brief } from '../output/table.ts';

interface IngestOutcome {
  readonly file: string;
  readonly documentId?: string;
  readonly executionId?: string | null;
  readonly status: Result['status'] | 'REFUSED' | 'SENT';
  readonly error?: { readonly code: string; readonly message: string };
}

const inFlight = 8;

export function addIngest(program: Command): void {
  program
    .command('ingest <path...>')
    .description('send files, or all files below folders, and follow their ingestion')
    .option('--no-wait', 'do not wait for the ingestion, only send')
    .action(async (paths: string[], options: { wait: boolean }, command: Command) => {
      const context = contextOf(command);
      const files = (await Promise.all(paths.map(filesAt))).flat();
      if (files.length === 0) throw new CliFailure('NO_FILES', `there are no files at ${paths.join(', ')}`);
      const outcomes = await ingestAll(files, context, options.wait);
      const bad = outcomes.filter((one) => one.status !== 'COMPLETED' && one.status !== 'SENT');
      context.print(outcomes, () =>
        [
          ...bad.map((one) => `✖ ${one.file}: ${one.status} ${one.error?.code ?? ''} ${brief(one.error?.message ?? '', 160)}`),
          `${outcomes.length - bad.length} of ${outcomes.length} files ${options.wait ? 'ingested' : 'sent'}, ${bad.length} failed`,
        ].join('\n'),
      );
      if (bad.length > 0) throw new CliFailure('INGESTION_FAILED', `${bad.length} of ${outcomes.length} files were not ingested`);
    });
}

async function filesAt(path: string): Promise<{ path: string; name: string }[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliFailure('FILE_UNREADABLE', `there is nothing to read at ${path}`, { cause });
  });
  if (!found.isDirectory()) return [{ path, name: basename(path) }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file, name: relative(path, file) }));
}

async function ingestAll(
  files: readonly { path: string; name: string }[],
  context: CliContext,
  wait: boolean,
): Promise<IngestOutcome[]> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} files, {failed} failed, {eta_formatted} left  {file}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    stream: process.stderr,
    noTTYOutput: false,
  });
  bar.start(files.length, 0, { failed: 0, file: '' });
  const outcomes: IngestOutcome[] = [];
  let failed = 0;
  const queue = files.values();
  const sendNext = async () => {
    for (const file of queue) {
      const outcome = await ingestOne(file, context, wait);
      outcomes.push(outcome);
      if (outcome.status !== 'COMPLETED' && outcome.status !== 'SENT') failed += 1;
      bar.increment({ failed, file: brief(file.name, 40) });
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, sendNext));
  } finally {
    bar.stop();
  }
  return outcomes.sort((a, b) => a.file.localeCompare(b.file));
}

async function ingestOne(file: { path: string; name: string }, context: CliContext, wait: boolean): Promise<IngestOutcome> {
  try {
    const { documentId, executionId } = await context.client.ingest(await openAsBlob(file.path), { name: file.name });
    if (!wait) return { file: file.path, documentId, executionId, status: 'SENT' };
    if (executionId === null) {
      const message =
        'the file was stored, but no workflow listens to documents.uploaded: apply one, such as examples/document-ingestion.yaml';
      return { file: file.path, documentId, executionId, status: 'REFUSED', error: { code: 'NOTHING_LISTENS', message } };
    }
    const result = await context.client.execution(executionId).result();
    return { file: file.path, documentId, executionId, status: result.status, error: result.error };
  } catch (error) {
    if (!(error instanceof JetsagaError) || error.status === 0) throw error;
    return { file: file.path, status: 'REFUSED', error: { code: error.code, message: error.message } };
  }
}
