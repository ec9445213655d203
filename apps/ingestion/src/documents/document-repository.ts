import type { ErrorShape } from '@jetsaga/contracts';
import { TerminalError } from '@jetsaga/worker';
import { randomUUID } from 'node:crypto';
import type { DataSource, Repository } from 'typeorm';
import { DocumentEntity, type DocumentStatus } from '../persistence/document.entity.ts';
import { queryRows } from '../persistence/query-rows.ts';

export interface DocumentToRegister {
  readonly uri: string;
  readonly name: string;
  readonly mediaType?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export type ParsedFacts = Pick<
  DocumentEntity,
  'mediaType' | 'size' | 'sha256' | 'title' | 'characters' | 'pages' | 'textRef' | 'metadata'
>;

/** The order in which one execution moves a document on. `failed` may go on when the execution is retried. */
const order: readonly DocumentStatus[] = ['failed', 'pending', 'parsed', 'chunked', 'embedded', 'evaluated', 'completed'];

export class DocumentRepository {
  readonly #dataSource: DataSource;
  readonly #documents: Repository<DocumentEntity>;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
    this.#documents = dataSource.getRepository(DocumentEntity);
  }

  /** One document per address: registering it again gives the same one. */
  async register(document: DocumentToRegister): Promise<{ documentId: string; duplicateOf: string | null }> {
    const rows = await queryRows<{ id: string; duplicate_of: string | null }>(
      this.#dataSource,
      `INSERT INTO ingestion.documents (id, uri, name, media_type, size, sha256, labels, duplicate_of)
       VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT id FROM ingestion.documents WHERE sha256 = $6 AND uri <> $2 ORDER BY created_at LIMIT 1))
       ON CONFLICT (uri) DO UPDATE SET uri = excluded.uri
       RETURNING id, duplicate_of`,
      [
        randomUUID(),
        document.uri,
        document.name,
        document.mediaType ?? null,
        document.size ?? null,
        document.sha256 ?? null,
        JSON.stringify(document.labels ?? {}),
      ],
    );
    const row = rows[0]!;
    return { documentId: row.id, duplicateOf: row.duplicate_of };
  }

  find(id: string): Promise<DocumentEntity | null> {
    return this.#documents.findOneBy({ id });
  }

  /** Throws DOCUMENT_NOT_FOUND, terminal. */
  async get(id: string): Promise<DocumentEntity> {
    const document = await this.find(id);
    if (document === null) throw documentNotFound(id);
    return document;
  }

  findByUri(uri: string): Promise<DocumentEntity | null> {
    return this.#documents.findOneBy({ uri });
  }

  /** Newest first; `after` is the last one of the page before. */
  async list(filter: {
    readonly status?: DocumentStatus;
    readonly q?: string;
    readonly after?: { readonly createdAt: string; readonly id: string };
    readonly limit: number;
  }): Promise<DocumentEntity[]> {
    const query = this.#documents.createQueryBuilder('d').orderBy('d.createdAt', 'DESC').addOrderBy('d.id', 'DESC');
    if (filter.status) query.andWhere('d.status = :status', { status: filter.status });
    if (filter.q) query.andWhere('(d.name ILIKE :q OR d.title ILIKE :q)', { q: `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` });
    if (filter.after)
      query.andWhere('(d.createdAt, d.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid))', {
        at: filter.after.createdAt,
        id: filter.after.id,
      });
    return query.limit(filter.limit).getMany();
  }

  /** An execution begins to work on the document: what an earlier one made of it is not its state any more. */
  async begin(id: string, executionId: string): Promise<void> {
    await queryRows(
      this.#dataSource,
      `UPDATE ingestion.documents SET status = 'pending', error = NULL, execution_id = $2, updated_at = clock_timestamp()
       WHERE id = $1 AND (execution_id IS DISTINCT FROM $2 OR status = 'failed')`,
      [id, executionId],
    );
  }

  /** Stores what parsing found out. `duplicateOf`: the oldest other document with the same content. */
  async recordParsed(id: string, facts: ParsedFacts): Promise<{ duplicateOf: string | null }> {
    const rows = await queryRows<{ duplicate_of: string | null }>(
      this.#dataSource,
      `UPDATE ingestion.documents d
       SET media_type = $2, size = $3, sha256 = $4, title = $5, characters = $6, pages = $7, text_ref = $8, metadata = $9,
           updated_at = clock_timestamp(),
           duplicate_of = (SELECT o.id FROM ingestion.documents o
                           WHERE o.sha256 = $4 AND o.id <> d.id AND (o.created_at, o.id) < (d.created_at, d.id)
                           ORDER BY o.created_at, o.id LIMIT 1)
       WHERE id = $1
       RETURNING duplicate_of`,
      [
        id,
        facts.mediaType,
        facts.size,
        facts.sha256,
        facts.title,
        facts.characters,
        JSON.stringify(facts.pages),
        JSON.stringify(facts.textRef),
        JSON.stringify(facts.metadata),
      ],
    );
    const row = rows[0];
    if (row === undefined) throw documentNotFound(id);
    return { duplicateOf: row.duplicate_of };
  }

  /**
   * Moves the document on. A step that reports late, after its execution has gone further or another one has begun,
   * changes nothing. False: there is no such document.
   */
  async setStatus(id: string, status: DocumentStatus, executionId: string, error: ErrorShape | null = null): Promise<boolean> {
    const rows = await queryRows<unknown>(
      this.#dataSource,
      `UPDATE ingestion.documents
       SET status = CASE WHEN moves THEN $2 ELSE documents.status END,
           error = CASE WHEN moves THEN $4::jsonb ELSE documents.error END,
           execution_id = coalesce(documents.execution_id, $3),
           updated_at = CASE WHEN moves THEN clock_timestamp() ELSE updated_at END
       FROM (SELECT o.id AS own, coalesce(o.execution_id, $3) = $3
                      AND ($2 = 'failed' OR array_position($5::text[], $2) >= array_position($5::text[], o.status)) AS moves
             FROM ingestion.documents o WHERE o.id = $1 FOR UPDATE) state
       WHERE documents.id = own
       RETURNING 1`,
      [id, status, executionId, error === null ? null : JSON.stringify(error), order],
    );
    return rows.length > 0;
  }

  /** Removes the document with its chunks, and tells what else belongs to it; undefined when there is none. */
  async delete(id: string): Promise<Pick<DocumentEntity, 'uri' | 'textRef'> | undefined> {
    const rows = await queryRows<{ uri: string; text_ref: DocumentEntity['textRef'] }>(
      this.#dataSource,
      `DELETE FROM ingestion.documents WHERE id = $1 RETURNING uri, text_ref`,
      [id],
    );
    const row = rows[0];
    return row && { uri: row.uri, textRef: row.text_ref };
  }
}

export function documentNotFound(id: string): TerminalError {
  return new TerminalError('DOCUMENT_NOT_FOUND', `there is no document ${id}; it may have been deleted`, {
    details: { document: id },
  });
}
