import { ServiceError } from '@jetsaga/messaging';
import { z } from 'zod';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { documentStatuses, type DocumentEntity } from '../persistence/document.entity.ts';
import { searchChunks } from '../search/search-chunks.ts';
import { searchRequestSchema, type SearchHit } from '../search/search-request.ts';
import { deleteUpload } from '../sources/blob-source.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the following page, null at the end. */
  readonly next: string | null;
}

export type DocumentView = ReturnType<typeof documentView>;

const registration = z.object({
  uri: z.string().min(1).max(4_000),
  name: z.string().min(1).max(1_000),
  mediaType: z.string().max(200).optional(),
  size: z.number().int().nonnegative().optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  labels: z.record(z.string().max(200), z.string().max(2_000)).optional(),
});
const reference = z.object({ documentId: z.uuid() });
const listing = z.object({
  status: z.enum(documentStatuses).optional(),
  q: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1_000).optional(),
});
const cursorContent = z.object({ createdAt: z.iso.datetime(), id: z.uuid() });

/** What other processes may ask of this service. A request that does not fit is refused (ZodError); it answers after its commit. */
export class DocumentService {
  readonly #dependencies: IngestionDependencies;

  constructor(dependencies: IngestionDependencies) {
    this.#dependencies = dependencies;
  }

  /** A document that is pending from now on. `duplicateOf`: the oldest one with the same content, where the hash is given. */
  register(request: unknown): Promise<{ documentId: string; duplicateOf: string | null }> {
    return this.#dependencies.documents.register(registration.parse(request));
  }

  /** Newest first. Errors: INVALID_CURSOR. */
  async list(request: unknown): Promise<Page<DocumentView>> {
    const { cursor, limit, ...filter } = listing.parse(request);
    const found = await this.#dependencies.documents.list({
      ...filter,
      limit: limit + 1,
      after: cursor === undefined ? undefined : readCursor(cursor),
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(documentView), next: found.length > limit && last ? writeCursor(last) : null };
  }

  /** Errors: DOCUMENT_NOT_FOUND. */
  async get(request: unknown): Promise<DocumentView> {
    const { documentId } = reference.parse(request);
    const document = await this.#dependencies.documents.find(documentId);
    if (document === null) throw notFound(documentId);
    return documentView(document);
  }

  /**
   * Removes a document with its chunks, its text and its uploaded file. The files go first: what fails in between is mended by
   * deleting again. Errors: DOCUMENT_NOT_FOUND.
   */
  async delete(request: unknown): Promise<{ documentId: string }> {
    const { documentId } = reference.parse(request);
    const { documents, blobs } = this.#dependencies;
    const document = await documents.find(documentId);
    if (document === null) throw notFound(documentId);
    await deleteUpload(this.#dependencies, document.uri);
    if (document.textRef) await blobs.delete(document.textRef);
    await documents.delete(documentId);
    return { documentId };
  }

  /** Passages, best first. */
  async search(request: unknown): Promise<{ hits: SearchHit[] }> {
    return { hits: await searchChunks(this.#dependencies, searchRequestSchema.parse(request)) };
  }
}

function documentView(document: DocumentEntity) {
  const { pages, textRef, createdAt, updatedAt, ...rest } = document;
  return {
    ...rest,
    /** 1 where the format has no pages; null before it is parsed. */
    pages: pages === null ? null : pages.length,
    text: textRef,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function writeCursor({ createdAt, id }: DocumentEntity): string {
  return Buffer.from(JSON.stringify({ createdAt: createdAt.toISOString(), id })).toString('base64url');
}

function readCursor(cursor: string): z.infer<typeof cursorContent> {
  try {
    return cursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new ServiceError('INVALID_CURSOR', 'this cursor is not one that this list gave out', { cause });
  }
}

function notFound(id: string): ServiceError {
  return new ServiceError('DOCUMENT_NOT_FOUND', `there is no document ${id}`);
}
