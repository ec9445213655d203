import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RetryableError, type AnyHandler } from '@jetsaga/worker';
import type { Plan } from '@jetsaga/workflow';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DocumentService } from '../src/documents/document-service.ts';
import { ingestionHandlers } from '../src/handlers/index.ts';
import { ingestionHarness, type IngestionHarness } from './ingestion-harness.ts';
import { writeSampleFiles, type SampleFile } from './sample-files.ts';
import { planOf, runWorkflow, type WorkflowRun } from './workflow-run.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

/*
 * The shipped definition, run by the real transition with the real handlers over real files: whatever the file is, the document and the
 * execution end in the same state, and one event tells it.
 */
const definitionFile = join(import.meta.dirname, '../../../examples/document-ingestion.yaml');

let harness: IngestionHarness;
let handlers: AnyHandler[];
let plan: Plan;
let source: string;
let service: DocumentService;
beforeAll(async () => {
  harness = await ingestionHarness();
  handlers = ingestionHandlers(harness);
  service = new DocumentService(harness);
  source = await readFile(definitionFile, 'utf8');
  ({ plan } = planOf(source, handlers));
});
afterAll(() => harness.close());

let uploads = 0;
async function upload(content: Uint8Array | string, name: string): Promise<{ uri: string; documentId: string; name: string }> {
  const key = `uploads/00/${(uploads += 1)}`;
  await harness.store.put(key, content);
  const uri = `blob:${key}`;
  const { documentId } = await service.register({ uri, name });
  return { uri, documentId, name };
}

/** With one handler that always fails, in a way that may be tried again. */
const broken = (name: string) =>
  handlers.map((handler) =>
    handler.description.name === name
      ? { ...handler, run: () => Promise.reject(new RetryableError('MODEL_UNAVAILABLE', 'the model is away')) }
      : handler,
  );

describe('the shipped definition', () => {
  it('is accepted without a warning that matters', () => {
    expect(planOf(source, handlers).remarks.filter((remark) => !/NO_(?:INPUT|OUTPUT)_NODE/.test(remark))).toEqual([]);
    expect(plan.triggers.map(({ event }) => event)).toEqual(['documents.uploaded']);
  });

  it('ends COMPLETED for a good file', async () => {
    const { uri, documentId, name } = await upload('A good file about quinces.', 'good.txt');
    const run = await runWorkflow(plan, handlers, 'good', { uri, documentId, name });
    expect(run).toMatchObject({
      status: 'COMPLETED',
      output: { documentId, mediaType: 'text/plain', pages: 1, chunks: 1, embedded: 1 },
    });
    expect(run.steps).toMatchObject({
      announce: 'COMPLETED',
      reason: 'SKIPPED',
      mark_failed: 'SKIPPED',
      announce_failure: 'SKIPPED',
    });
    expect(run.events).toEqual([
      { type: 'documents.ingested', data: expect.objectContaining({ documentId, executionId: 'good', chunks: 1 }) },
    ]);
    expect(await service.get({ documentId })).toMatchObject({ status: 'completed', error: null });
  });

  const expectFailed = async (run: WorkflowRun, documentId: string, code: string, path: string) => {
    expect(run).toMatchObject({ status: 'FAILED', error: { code, path } });
    expect(run.steps).toMatchObject({ reason: 'COMPLETED', mark_failed: 'COMPLETED', announce_failure: 'COMPLETED' });
    expect(run.events).toEqual([
      { type: 'documents.failed', data: expect.objectContaining({ documentId, error: expect.objectContaining({ code }) }) },
    ]);
    expect(await service.get({ documentId })).toMatchObject({ status: 'failed', error: { code } });
  };

  it('ends FAILED with the reason for a bad one', async () => {
    const file = await upload('', 'empty.txt');
    await expectFailed(await runWorkflow(plan, handlers, 'bad', file), file.documentId, 'EMPTY_DOCUMENT', 'parse');
  });

  it.each([
    ['parse_document', 'parse'],
    ['chunk_text', 'chunk'],
    ['embed_chunks', 'embed'],
  ])('ends FAILED when %s fails for good', async (handler, path) => {
    const file = await upload(`A file that ${handler} fails for.`, 'a.txt');
    await expectFailed(
      await runWorkflow(plan, broken(handler), `broken-${path}`, file),
      file.documentId,
      'MODEL_UNAVAILABLE',
      path,
    );
  });

  it('tells the failure even when the document cannot be marked', async () => {
    const file = await upload('', 'a.txt');
    const run = await runWorkflow(plan, broken('index_status'), 'unmarked', file);
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'EMPTY_DOCUMENT' } });
    expect(run.events.map(({ type }) => type)).toEqual(['documents.failed']);
  });

  it('makes the document when it is started with an address alone', async () => {
    const { uri } = await upload('', 'x');
    const run = await runWorkflow(plan, handlers, 'by-address', { uri });
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'EMPTY_DOCUMENT' } });
    expect(run.events).toMatchObject([{ data: { documentId: expect.stringMatching(/^[0-9a-f-]{36}$/) } }]);
  });
});

describe('a hundred files', () => {
  const outcomes = new Map<SampleFile, { run: WorkflowRun; documentId: string }>();
  beforeAll(async () => {
    for (const file of await writeSampleFiles(join(harness.folder, 'samples'), 100)) {
      const { uri, documentId, name } = await upload(await readFile(file.path), file.name);
      outcomes.set(file, {
        documentId,
        run: await runWorkflow(plan, handlers, `sample-${file.name}`, { uri, documentId, name }),
      });
    }
  }, 120_000);

  it('end as they should', async () => {
    expect(outcomes.size).toBe(100);
    for (const [file, { run, documentId }] of outcomes) {
      const { status, error, pages } = await service.get({ documentId });
      expect({ name: file.name, execution: run.status, status, code: error?.code }).toEqual({
        name: file.name,
        execution: file.outcome === 'completed' ? 'COMPLETED' : 'FAILED',
        status: file.outcome,
        code: file.outcome === 'completed' ? undefined : file.code,
      });
      expect(run.events).toHaveLength(1);
      if (file.outcome === 'completed' && file.page > 1) expect(pages).toBeGreaterThan(1);
    }
  });

  it('are found by their questions, the right passage first, on its page', async () => {
    const missed: string[] = [];
    for (const [file, { documentId }] of outcomes) {
      if (file.outcome !== 'completed') continue;
      const [hit] = (await service.search({ query: file.question, limit: 3 })).hits;
      const right =
        hit?.document.id === documentId && hit.page === file.page && hit.text.replace(/\s+/g, ' ').includes(file.passage);
      if (!right) missed.push(`${file.question} (${file.name}) → ${hit?.document.name} page ${hit?.page}`);
    }
    expect(missed).toEqual([]);
  }, 30_000);

  it('leave nothing behind when they are deleted', async () => {
    for (const { documentId } of outcomes.values()) await service.delete({ documentId });
    const rest = await service.list({ limit: 500 });
    for (const { id } of rest.items) await service.delete({ documentId: id });
    expect(await harness.blobKeys()).toEqual([]);
    expect(await harness.dataSource.query('SELECT count(*)::int AS n FROM ingestion.chunks')).toEqual([{ n: 0 }]);
  }, 30_000);
});
