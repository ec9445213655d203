import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runHandler } from '../../test/handler-harness.ts';
import { ingestionHarness, type IngestionHarness } from '../../test/ingestion-harness.ts';
import { ingestionHandlers } from '../handlers/index.ts';
import { DocumentService } from './document-service.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

let harness: IngestionHarness;
let service: DocumentService;
beforeAll(async () => {
  harness = await ingestionHarness();
  service = new DocumentService(harness);
});
afterAll(() => harness.close());

const register = async (key: string, content: string, more: object = {}) => {
  await harness.store.put(`uploads/${key}`, content);
  return service.register({
    uri: `blob:uploads/${key}`,
    name: `${key}.txt`,
    mediaType: 'text/plain',
    size: content.length,
    ...more,
  });
};

describe('DocumentService', () => {
  it('registers a document once for its address, and knows content that is there', async () => {
    const sha256 = 'ab'.repeat(32);
    const first = await register('one', 'Same.', { sha256, labels: { team: 'a' } });
    expect(first.duplicateOf).toBeNull();
    expect(await register('one', 'Same.', { sha256 })).toEqual(first);
    expect((await register('two', 'Same.', { sha256 })).duplicateOf).toBe(first.documentId);
    expect(await service.get({ documentId: first.documentId })).toMatchObject({
      id: first.documentId,
      name: 'one.txt',
      status: 'pending',
      labels: { team: 'a' },
      pages: null,
      error: null,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('lists page by page, none twice and none left out', async () => {
    for (let index = 0; index < 7; index += 1) await register(`list-${index}`, 'x');
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, next } = await service.list({ q: 'list-', limit: 3, cursor });
      seen.push(...items.map(({ name }) => name));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `list-${index}.txt`));
    expect((await service.list({ status: 'completed' })).items).toEqual([]);
    expect((await service.list({ q: '%' })).items).toEqual([]);
    await expect(service.list({ cursor: 'bm9uZQ' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('deletes a document with everything that belongs to it', async () => {
    const before = await harness.blobKeys();
    const { documentId: document } = await register('gone', 'A passage about gooseberries.');
    const copy = await register('copy', 'A passage about gooseberries.');
    const handlers = ingestionHandlers(harness);
    for (const [id, key] of [
      [document, 'gone'],
      [copy.documentId, 'copy'],
    ] as const) {
      await runHandler(handlers, 'parse_document', { uri: `blob:uploads/${key}`, document: id });
      await runHandler(handlers, 'chunk_text', { document: id });
      await runHandler(handlers, 'embed_chunks', { document: id });
    }
    expect((await service.search({ query: 'gooseberries' })).hits[0]).toMatchObject({ document: { id: document } });

    await service.delete({ documentId: document });
    expect((await service.search({ query: 'gooseberries' })).hits[0]).toMatchObject({ document: { id: copy.documentId } });
    expect(await service.get({ documentId: copy.documentId })).toMatchObject({ duplicateOf: null });
    await service.delete({ documentId: copy.documentId });
    expect((await service.search({ query: 'gooseberries' })).hits).toEqual([]);
    expect((await harness.blobKeys()).sort()).toEqual(before.sort());
    await expect(service.get({ documentId: document })).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(service.delete({ documentId: document })).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
  });

  it('refuses what does not fit', async () => {
    await expect(service.get({ documentId: 'x' })).rejects.toMatchObject({ name: 'ZodError' });
    await expect(service.search({ query: '  ' })).rejects.toMatchObject({ name: 'ZodError' });
    expect(() => service.register({ name: 'x' })).toThrow();
  });
});
