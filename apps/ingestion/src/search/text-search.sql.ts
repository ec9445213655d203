import type { DataSource } from 'typeorm';
import { queryRows } from '../persistence/query-rows.ts';
import type { Ranked } from './fuse-rankings.ts';

/**
 * Chunks that share words with the query, best first. A word counts by how rare it is (the inverse document frequency
 * of BM25) and by how often the chunk has it, and a little by how short the chunk is; the score is the share of the query's
 * weight that the chunk holds, so it lies between 0 and 1. Words that no chunk has count too: what they ask for is missing.
 */
export function textSearch(
  dataSource: DataSource,
  query: string,
  documents: readonly string[] | undefined,
  limit: number,
): Promise<Ranked[]> {
  return queryRows<Ranked>(
    dataSource,
    `WITH terms AS (
       SELECT ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery AS term
       FROM unnest(to_tsvector('english', $1)) ORDER BY length(lexeme) DESC LIMIT 32
     ), total AS (
       SELECT count(*)::float AS chunks, avg(tokens)::float AS tokens FROM ingestion.chunks
     ), weighted AS MATERIALIZED (
       SELECT term, ln(1 + (chunks - found + 0.5) / (found + 0.5)) AS weight, found
       FROM terms, total,
         LATERAL (SELECT least(count(*)::float, chunks) AS found FROM ingestion.chunks c WHERE c.words @@ term) frequency
     ), whole AS MATERIALIZED (
       SELECT sum(weight) AS weight, string_agg(term::text, ' | ') FILTER (WHERE found > 0)::tsquery AS any_term FROM weighted
     )
     SELECT c.id, least(1, sum(w.weight * ts_rank(c.words, w.term)) / max(whole.weight) / (0.95 + 0.05 * c.tokens / max(total.tokens)))::float AS score
     FROM whole CROSS JOIN total
     JOIN ingestion.chunks c ON c.words @@ whole.any_term
     JOIN ingestion.documents d ON d.id = c.document_id AND d.status <> 'failed'
     JOIN weighted w ON c.words @@ w.term
     WHERE $2::uuid[] IS NULL OR c.document_id = ANY ($2)
     GROUP BY c.id
     ORDER BY score DESC, c.id
     LIMIT $3`,
    [query, documents ?? null, limit],
  );
}
