import type { DataSource, EntityManager } from 'typeorm';
import type { Chunk } from '../chunking/chunk-text.ts';
import { documentNotFound } from '../documents/document-repository.ts';
import { queryRows } from '../persistence/query-rows.ts';
import type { ChunkRange } from './chunk-range.ts';
import { unitLength } from './unit-length.ts';

export interface ChunkToEmbed {
  readonly id: string;
  readonly position: number;
  readonly text: string;
  readonly tokens: number;
}

export class ChunkRepository {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Makes these the document's chunks, all or nothing: `work` adds them in batches of any size. Chunks that were there
   * before stay with their embeddings; others go. Returns how many there are.
   */
  async replace(
    documentId: string,
    title: string | null,
    work: (add: (batch: readonly Chunk[]) => Promise<void>) => Promise<void>,
  ): Promise<number> {
    return this.#dataSource.transaction(async (manager) => {
      // One at a time per document: a second delivery of the same step waits for the first.
      const locked = await queryRows(manager, 'SELECT 1 FROM ingestion.documents WHERE id = $1 FOR UPDATE', [documentId]);
      if (locked.length === 0) throw documentNotFound(documentId);
      const kept: string[] = [];
      await work(async (batch) => {
        await insertChunks(manager, documentId, title, batch);
        kept.push(...batch.map(({ id }) => id));
      });
      const rows = await queryRows<{ chunks: number }>(
        manager,
        `WITH gone AS (
           DELETE FROM ingestion.chunks c
           WHERE document_id = $1 AND NOT EXISTS (SELECT 1 FROM unnest($2::uuid[]) AS kept (id) WHERE kept.id = c.id)
         )
         UPDATE ingestion.documents SET chunks = cardinality($2::uuid[]) WHERE id = $1 RETURNING chunks`,
        [documentId, kept],
      );
      return rows[0]?.chunks ?? 0;
    });
  }

  /** How many chunks of the range there are. */
  async count({ document, from, to }: ChunkRange): Promise<number> {
    const rows = await queryRows<{ n: number }>(
      this.#dataSource,
      'SELECT count(*)::int AS n FROM ingestion.chunks WHERE document_id = $1 AND position BETWEEN $2 AND $3',
      [document, from, to],
    );
    return rows[0]?.n ?? 0;
  }

  /** Takes over the vectors that equal chunks of any document have from this model already. Returns how many. */
  async copyEmbeddings({ document, from, to }: ChunkRange, model: string, dimensions: number | undefined): Promise<number> {
    const rows = await queryRows(
      this.#dataSource,
      `UPDATE ingestion.chunks c SET embedding = other.embedding, embedding_model = $4, embedding_dimensions = other.embedding_dimensions
       FROM (
         SELECT DISTINCT ON (mine.id) mine.id, theirs.embedding, theirs.embedding_dimensions
         FROM ingestion.chunks mine
         JOIN ingestion.chunks theirs ON theirs.content_hash = mine.content_hash AND theirs.embedding_model = $4
          AND theirs.embedding IS NOT NULL AND theirs.id <> mine.id
          AND ($5::int IS NULL OR theirs.embedding_dimensions = $5)
         WHERE mine.document_id = $1 AND mine.position BETWEEN $2 AND $3
           AND ${lacksEmbedding('mine')}
         ORDER BY mine.id
       ) other
       WHERE c.id = other.id
       RETURNING 1`,
      [document, from, to, model, dimensions ?? null],
    );
    return rows.length;
  }

  /** The next chunks without a vector of this model, in order. */
  toEmbed(
    { document, from, to }: ChunkRange,
    model: string,
    dimensions: number | undefined,
    limit: number,
  ): Promise<ChunkToEmbed[]> {
    return queryRows<ChunkToEmbed>(
      this.#dataSource,
      `SELECT id, position, text, tokens FROM ingestion.chunks mine
       WHERE document_id = $1 AND position BETWEEN $2 AND $3 AND ${lacksEmbedding('mine')}
       ORDER BY position LIMIT $6`,
      [document, from, to, model, dimensions ?? null, limit],
    );
  }

  /** Whether no chunk of the document lacks its vector. */
  async allEmbedded(documentId: string, model: string, dimensions: number | undefined): Promise<boolean> {
    const whole = { document: documentId, from: 0, to: 2 ** 31 - 1 };
    return (await this.toEmbed(whole, model, dimensions, 1)).length === 0;
  }

  async storeEmbeddings(ids: readonly string[], vectors: readonly Float32Array[], model: string): Promise<void> {
    await queryRows(
      this.#dataSource,
      `WITH space AS (
         INSERT INTO ingestion.embedding_spaces (model, dimensions) VALUES ($3, $4) ON CONFLICT DO NOTHING
       )
       UPDATE ingestion.chunks c SET embedding = v.vector::real[], embedding_model = $3, embedding_dimensions = $4
       FROM unnest($1::uuid[], $2::text[]) AS v (id, vector) WHERE c.id = v.id`,
      [ids, vectors.map((vector) => `{${unitLength(vector).join(',')}}`), model, vectors[0]?.length],
    );
  }
}

/** `$4` is the model, `$5` the dimensions or null for the model's own. */
function lacksEmbedding(alias: string): string {
  return `(${alias}.embedding IS NULL OR ${alias}.embedding_model IS DISTINCT FROM $4 OR ($5::int IS NOT NULL AND ${alias}.embedding_dimensions <> $5))`;
}

async function insertChunks(
  manager: EntityManager,
  documentId: string,
  title: string | null,
  batch: readonly Chunk[],
): Promise<void> {
  await queryRows(
    manager,
    `WITH given AS (
       SELECT * FROM unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[])
         AS g (id, position, text, content_hash, start_offset, end_offset, first_page, last_page, tokens)
     )
     INSERT INTO ingestion.chunks (document_id, words, id, position, text, content_hash, start_offset, end_offset, first_page, last_page, tokens)
     SELECT $1, setweight(to_tsvector('english', text), 'A') || setweight(to_tsvector('english', coalesce($2, '')), 'D'), given.* FROM given
     ON CONFLICT (id) DO UPDATE SET position = excluded.position, words = excluded.words,
       start_offset = excluded.start_offset, end_offset = excluded.end_offset, first_page = excluded.first_page, last_page = excluded.last_page`,
    [
      documentId,
      title,
      batch.map(({ id }) => id),
      batch.map(({ position }) => position),
      batch.map(({ text }) => text),
      batch.map(({ contentHash }) => contentHash),
      batch.map(({ start }) => start),
      batch.map(({ end }) => end),
      batch.map(({ firstPage }) => firstPage),
      batch.map(({ lastPage }) => lastPage),
      batch.map(({ tokens }) => tokens),
    ],
  );
}
