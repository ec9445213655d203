import type { DataSource } from 'typeorm';
import { unitLength } from '../chunks/unit-length.ts';
import { queryRows } from '../persistence/query-rows.ts';
import type { Ranked } from './fuse-rankings.ts';

export interface EmbeddingSpace {
  readonly model: string;
  readonly dimensions: number;
}

/** The models that chunks have vectors of. Only vectors of one model and length can be compared. */
export function embeddingSpaces(dataSource: DataSource): Promise<EmbeddingSpace[]> {
  return queryRows<EmbeddingSpace>(dataSource, `SELECT model, dimensions FROM ingestion.embedding_spaces ORDER BY 1, 2`);
}

/**
 * The chunks nearest to a vector, by cosine, exactly: pgvector computes it where it is installed,
 * otherwise plain SQL does, at some 40 µs for each chunk of 512 dimensions. Nothing is loaded but the nearest.
 */
export function vectorSearch(
  dataSource: DataSource,
  query: {
    readonly vector: Float32Array;
    readonly model: string;
    readonly documents?: readonly string[];
    readonly limit: number;
  },
  pgvector: boolean,
): Promise<Ranked[]> {
  const cosine = pgvector
    ? `1 - (c.embedding::vector <=> $1::text::vector)`
    : `(SELECT sum(mine * asked)::float FROM unnest(c.embedding, $1::text::real[]) AS pair (mine, asked))`;
  const literal = unitLength(query.vector).join(',');
  return queryRows<Ranked>(
    dataSource,
    `SELECT c.id, ${cosine} AS score
     FROM ingestion.chunks c
     JOIN ingestion.documents d ON d.id = c.document_id AND d.status <> 'failed'
     WHERE c.embedding_model = $2 AND c.embedding_dimensions = $3 AND ($4::uuid[] IS NULL OR c.document_id = ANY ($4))
     ORDER BY score DESC, c.id
     LIMIT $5`,
    [pgvector ? `[${literal}]` : `{${literal}}`, query.model, query.vector.length, query.documents ?? null, query.limit],
  );
}
