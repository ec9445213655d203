import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createModelGateway } from '@jetsaga/ai';
import type { ClaimCheck } from '@jetsaga/contracts';
import { docxOf, pdfOf } from '../../test/file-builders.ts';
import { runHandler } from '../../test/handler-harness.ts';
import { ingestionHarness, type IngestionHarness } from '../../test/ingestion-harness.ts';
import { ingestionHandlers } from './index.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

interface Parsed {
  documentId: string;
  mediaType: string;
  pages: number;
  text: ClaimCheck;
  duplicateOf: string | null;
}
interface Chunked {
  chunks: number;
  batches: { document: string; from: number; to: number }[];
}
interface Embedded {
  embedded: number;
  skipped: number;
  model: string;
  usage: { inputTokens: number };
}

let harness: IngestionHarness;
beforeAll(async () => {
  harness = await ingestionHarness();
});
afterAll(() => harness.close());

const run = <T>(name: string, config: unknown, executionId?: string) =>
  runHandler<T>(ingestionHandlers(harness), name, config, { executionId });
const upload = async (content: Uint8Array | string, name: string) => {
  const { $ref: uri } = await harness.blobs.storeContent(content, 'application/octet-stream');
  const { documentId } = await harness.documents.register({ uri, name });
  return { uri, document: documentId };
};
const chunkIds = async (document: string): Promise<string[]> =>
  (await harness.dataSource.query('SELECT id FROM ingestion.chunks WHERE document_id = $1 ORDER BY position', [document])).map(
    ({ id }: { id: string }) => id,
  );
const essay = Array.from(
  { length: 80 },
  (_, index) => `Paragraph ${index} tells about barrel ${index * 3} in cellar ${index % 7}.`,
).join('\n\n');

describe('a document on its way', () => {
  it('is parsed, chunked, embedded, completed and found', async () => {
    const { uri, document } = await upload(
      await pdfOf(['The first page is about tulips.', 'The second page is about herons.'], { title: 'Birds' }),
      'birds.pdf',
    );
    expect(await harness.documents.get(document)).toMatchObject({ status: 'pending', name: 'birds.pdf' });

    const parsed = await run<Parsed>('parse_document', { uri, document });
    expect(parsed).toMatchObject({
      documentId: document,
      mediaType: 'application/pdf',
      pages: 2,
      title: 'Birds',
      duplicateOf: null,
    });
    expect(await harness.blobs.open(parsed.text, 1_000)).toBe(
      'The first page is about tulips.\n\nThe second page is about herons.',
    );
    expect(await harness.documents.get(document)).toMatchObject({
      status: 'parsed',
      mediaType: 'application/pdf',
      title: 'Birds',
    });

    expect(await run<Chunked>('chunk_text', { document, strategy: 'pages' })).toEqual({
      document,
      chunks: 2,
      batches: [{ document, from: 0, to: 1 }],
    });
    expect(await harness.documents.get(document)).toMatchObject({ status: 'chunked', chunks: 2 });

    expect(await run<Embedded>('embed_chunks', { document })).toMatchObject({ embedded: 2, skipped: 0, model: 'offline' });
    expect(await harness.documents.get(document)).toMatchObject({ status: 'embedded' });

    expect(await run('index_status', { document, status: 'completed' })).toEqual({ documentId: document, status: 'completed' });
    const { hits } = await run<{ hits: { page: number; document: { id: string } }[] }>('search_chunks', {
      query: 'herons',
      limit: 1,
    });
    expect(hits).toMatchObject([
      { page: 2, document: { id: document }, title: 'Birds', text: 'The second page is about herons.' },
    ]);
  });

  it('comes inside the configuration as well, once for the same content', async () => {
    const first = await run<Parsed>('parse_document', { content: '{"city": "Turku"}' });
    expect(first).toMatchObject({ mediaType: 'application/json' });
    expect((await run<Parsed>('parse_document', { content: '{"city": "Turku"}' }, 'execution-2')).documentId).toBe(
      first.documentId,
    );
  });

  it('leaves one text behind, however often it is parsed', async () => {
    const { uri, document } = await upload('Parsed again and again.', 'a.txt');
    const before = (await harness.blobKeys()).length;
    for (const execution of ['e1', 'e1', 'e2']) await run('parse_document', { uri, document }, execution);
    expect(await harness.blobKeys()).toHaveLength(before + 1);
  });
});

describe('doing it again', () => {
  it('gives the same chunks, and embeds none of them again', async () => {
    const { uri, document } = await upload(essay, 'essay.txt');
    await run('parse_document', { uri, document });
    const { chunks } = await run<Chunked>('chunk_text', { document, size: 40, overlap: 8 });
    const ids = await chunkIds(document);
    expect(chunks).toBe(ids.length);
    await run('embed_chunks', { document });

    await run('parse_document', { uri, document }, 'execution-2');
    await run('chunk_text', { document, size: 40, overlap: 8 }, 'execution-2');
    expect(await chunkIds(document)).toEqual(ids);
    expect(await run<Embedded>('embed_chunks', { document }, 'execution-2')).toMatchObject({ embedded: 0, skipped: chunks });

    const recut = await run<Chunked>('chunk_text', { document, size: 60, overlap: 8 }, 'execution-2');
    expect(await chunkIds(document)).toHaveLength(recut.chunks);
  });

  it('embeds batch by batch', async () => {
    const { uri, document } = await upload(`${essay} And more.`, 'essay.txt');
    await run('parse_document', { uri, document });
    const { chunks, batches } = await run<Chunked>('chunk_text', { document, size: 16, overlap: 0 });
    expect(batches.length).toBeGreaterThan(1);
    let done = 0;
    for (const batch of batches) {
      const { embedded, skipped } = await run<Embedded>('embed_chunks', { chunks: batch });
      done += embedded + skipped;
      expect((await harness.documents.get(document)).status).toBe(done < chunks ? 'chunked' : 'embedded');
    }
    expect(done).toBe(chunks);
  });

  it('knows a copy, and takes its vectors over', async () => {
    const original = await upload('A text that is uploaded twice.', 'one.txt');
    const copy = await upload('A text that is uploaded twice.', 'two.txt');
    for (const { uri, document } of [original, copy]) {
      const parsed = await run<Parsed>('parse_document', { uri, document });
      expect(parsed.duplicateOf).toBe(document === copy.document ? original.document : null);
      await run('chunk_text', { document });
      expect(await run<Embedded>('embed_chunks', { document })).toMatchObject(
        document === copy.document ? { embedded: 0, skipped: 1 } : { embedded: 1, skipped: 0 },
      );
    }
  });

  it('counts no report that comes too late', async () => {
    const { uri, document } = await upload('Late reports.', 'late.txt');
    await run('parse_document', { uri, document }, 'new');
    await run('index_status', { document, status: 'completed' }, 'new');
    await run('index_status', { document, status: 'parsed' }, 'new');
    await run('index_status', { document, status: 'failed', error: { code: 'OLD', message: 'old' } }, 'old');
    expect(await harness.documents.get(document)).toMatchObject({ status: 'completed', error: null });
  });
});

describe('with a model', () => {
  let mock: LLMock;
  beforeAll(async () => {
    mock = await LLMock.create({ port: 0 });
    mock.onEmbedding(/barrel/, { embedding: [3, 4] });
  });
  afterAll(() => mock.stop());

  it('stores unit vectors of that model, and searches in its space', async () => {
    const models = createModelGateway({ OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_EMBEDDING_MODEL: 'small' });
    const handlers = ingestionHandlers({ ...harness, models });
    const { uri, document } = await upload('A barrel, and nothing else.', 'barrel.txt');
    for (const [name, config] of [
      ['parse_document', { uri, document }],
      ['chunk_text', { document }],
    ] as const)
      await runHandler(handlers, name, config);
    expect(await runHandler(handlers, 'embed_chunks', { document })).toMatchObject({ embedded: 1, model: 'small' });
    expect(mock.getLastRequest()?.headers['idempotency-key']).toMatch(/^execution-1:embed_chunks:0:/);
    const rows = await harness.dataSource.query(
      'SELECT embedding, embedding_model FROM ingestion.chunks WHERE document_id = $1',
      [document],
    );
    expect(rows).toEqual([{ embedding: [0.6, 0.8], embedding_model: 'small' }]);
    const { hits } = await runHandler<{ hits: unknown[] }>(handlers, 'search_chunks', {
      query: 'barrel',
      mode: 'vector',
      documents: [document],
    });
    expect(hits).toMatchObject([{ vectorScore: expect.closeTo(1, 4) }]);
  });
});

describe('a document that cannot be ingested', () => {
  it.each([
    ['empty', '', 'EMPTY_DOCUMENT'],
    ['binary', new Uint8Array([0, 1, 2, 3, 250, 251, 252, 0, 0, 7]), 'UNREADABLE_DOCUMENT'],
    ['damaged', '%PDF-1.7 and then nothing of the kind', 'UNREADABLE_DOCUMENT'],
  ])('fails for good with its reason, when it is %s', async (_name, content, code) => {
    const { uri, document } = await upload(content, 'bad.pdf');
    await expect(run('parse_document', { uri, document })).rejects.toMatchObject({
      name: 'TerminalError',
      code,
      details: { document },
    });
    expect(await harness.documents.get(document)).toMatchObject({ status: 'failed', error: { code, path: 'parse_document' } });
  });

  it('is too large before it is read to its end', async () => {
    const { uri, document } = await upload('x'.repeat(2_000), 'big.txt');
    await expect(run('parse_document', { uri, document, maxBytes: 1_000 })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'DOCUMENT_TOO_LARGE',
    });
    await expect(run('parse_document', { content: 'é'.repeat(600), maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
    });
  });

  it('goes on after a retry that mends it', async () => {
    const { uri, document } = await upload('', 'later.txt');
    await expect(run('parse_document', { uri, document })).rejects.toMatchObject({ code: 'EMPTY_DOCUMENT' });
    await run('parse_document', { uri: (await upload('Now there is text.', 'x')).uri, document });
    expect(await harness.documents.get(document)).toMatchObject({ status: 'parsed', error: null });
  });

  it('is not there, or not parsed yet', async () => {
    const nobody = '0190a5c0-0000-7000-8000-00000000dead';
    await expect(run('chunk_text', { document: nobody })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'DOCUMENT_NOT_FOUND',
    });
    await expect(run('embed_chunks', { document: nobody })).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(run('index_status', { document: nobody, status: 'completed' })).rejects.toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
    });
    const { document } = await upload('Text.', 'a.txt');
    await expect(run('chunk_text', { document })).rejects.toMatchObject({ name: 'TerminalError', code: 'DOCUMENT_NOT_PARSED' });
    await expect(run('parse_document', { uri: `blob:${'0'.repeat(32)}`, document })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'BLOB_NOT_FOUND',
    });
  });
});

it('reads Word files that come as a claim check', async () => {
  const reference = await harness.blobs.storeContent(
    await docxOf('Minutes', ['The motion was carried.']),
    'application/octet-stream',
  );
  expect(await run('parse_document', { uri: reference, name: 'minutes.docx' })).toMatchObject({ title: 'Minutes' });
});
