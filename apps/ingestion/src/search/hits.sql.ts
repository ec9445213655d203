import type { DataSource } from 'typeorm';
import { queryRows } from '../persistence/query-rows.ts';

export interface HitRow {
  readonly chunkId: string;
  readonly contentHash: string;
  /** The document is a copy of an older one. */
  readonly copied: boolean;
  readonly documentId: string;
  readonly name: string;
  readonly uri: string;
  readonly mediaType: string | null;
  readonly title: string | null;
  readonly page: number;
  readonly lastPage: number;
  readonly position: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function hitRows(dataSource: DataSource, chunkIds: readonly string[]): Promise<HitRow[]> {
  return queryRows<HitRow>(
    dataSource,
    `SELECT c.id AS "chunkId", c.content_hash AS "contentHash", d.duplicate_of IS NOT NULL AS copied, d.id AS "documentId", d.name, d.uri, d.media_type AS "mediaType", d.title,
            c.first_page AS page, c.last_page AS "lastPage", c.position, c.start_offset AS start, c.end_offset AS "end", c.text
     FROM ingestion.chunks c JOIN ingestion.documents d ON d.id = c.document_id
     WHERE c.id = ANY ($1)`,
    [chunkIds],
  );
}

export interface NeighbourRow {
  readonly documentId: string;
  readonly position: number;
  readonly text: string;
}

/** The chunks up to `distance` before and after each of the given ones. */
export function neighbourRows(
  dataSource: DataSource,
  hits: readonly { readonly documentId: string; readonly position: number }[],
  distance: number,
): Promise<NeighbourRow[]> {
  return queryRows<NeighbourRow>(
    dataSource,
    `SELECT DISTINCT c.document_id AS "documentId", c.position, c.text
     FROM unnest($1::uuid[], $2::int[]) AS hit (document_id, position)
     JOIN ingestion.chunks c ON c.document_id = hit.document_id
      AND c.position BETWEEN hit.position - $3 AND hit.position + $3 AND c.position <> hit.position
     ORDER BY 1, 2`,
    [hits.map(({ documentId }) => documentId), hits.map(({ position }) => position), distance],
  );
}
