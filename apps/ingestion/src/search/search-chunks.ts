import { offlineModel, type ModelGateway } from '@jetsaga/ai';
import { TerminalError } from '@jetsaga/worker';
import type { DataSource } from 'typeorm';
import { fuseRankings, type Ranked } from './fuse-rankings.ts';
import { hitRows, neighbourRows, type HitRow } from './hits.sql.ts';
import type { SearchHit, SearchRequest } from './search-request.ts';
import { textSearch } from './text-search.sql.ts';
import { embeddingSpaces, vectorSearch } from './vector-search.sql.ts';

export interface SearchDependencies {
  readonly dataSource: DataSource;
  readonly models: Pick<ModelGateway, 'embed' | 'embeddingModel'>;
  readonly pgvector: boolean;
}

/** Ranked candidates are looked at this many times over, so that copies of a passage do not push others out. */
const surplus = 4;
const leastCandidates = 40;
/** Offline vectors know of meaning only what words tell: they help where words are bent or misspelt, and must not outvote them. */
const offlineWeight = 0.3;

/** The chunks that answer the query best. A passage that several documents have is told once. */
export async function searchChunks(
  dependencies: SearchDependencies,
  request: SearchRequest,
  signal?: AbortSignal,
): Promise<SearchHit[]> {
  const { dataSource, models } = dependencies;
  const candidates = Math.max(request.limit * surplus, leastCandidates);
  const [byVector, byText] = await Promise.all([
    request.mode === 'text' ? [] : nearest(dependencies, request, candidates, signal),
    request.mode === 'vector' ? [] : textSearch(dataSource, request.query, request.documents, candidates),
  ]);
  const ranked =
    request.mode === 'vector'
      ? byVector
      : request.mode === 'text'
        ? byText
        : fuseRankings([
            { ranked: byVector, weight: models.embeddingModel === offlineModel ? offlineWeight : 1 },
            { ranked: byText, weight: 1 },
          ]);
  const good = ranked.filter(({ score }) => score >= (request.scoreThreshold ?? Number.NEGATIVE_INFINITY));
  const rows = new Map(
    (
      await hitRows(
        dataSource,
        good.map(({ id }) => id),
      )
    ).map((row) => [row.chunkId, row]),
  );
  const vectorScores = new Map(byVector.map(({ id, score }) => [id, score]));
  const textScores = new Map(byText.map(({ id, score }) => [id, score]));

  const hits = oncePerPassage(good.map(({ id, score }) => ({ row: rows.get(id), score })).filter(isFound))
    .slice(0, request.limit)
    .map(({ row, score }) => ({
      ...toHit(row),
      score,
      vectorScore: vectorScores.get(row.chunkId),
      textScore: textScores.get(row.chunkId),
    }));
  return request.neighbours > 0 ? withNeighbours(dataSource, hits, request.neighbours) : hits;
}

interface Found {
  readonly row: HitRow;
  readonly score: number;
}

/** A chunk may have been deleted since it was ranked. */
function isFound(found: { readonly row: HitRow | undefined; readonly score: number }): found is Found {
  return found.row !== undefined;
}

/** Of equal passages the first, in the oldest document that has it. */
function oncePerPassage(ranked: readonly Found[]): Found[] {
  const passages = new Map<string, Found>();
  for (const found of ranked) {
    const known = passages.get(found.row.contentHash);
    if (known === undefined || (known.row.copied && !found.row.copied)) passages.set(found.row.contentHash, found);
  }
  return [...passages.values()];
}

/** Over every model that chunks were embedded with: some may be older than the present configuration. */
async function nearest(
  { dataSource, models, pgvector }: SearchDependencies,
  { query, documents }: SearchRequest,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Ranked[]> {
  const found: Ranked[] = [];
  for (const { model, dimensions } of await embeddingSpaces(dataSource)) {
    const vector = await embedQuery(models, query, model, dimensions, signal);
    if (vector !== undefined) found.push(...(await vectorSearch(dataSource, { vector, model, documents, limit }, pgvector)));
  }
  return found.sort((a, b) => b.score - a.score).slice(0, limit);
}

/** Undefined where the model cannot be had any more: its chunks are then found by their words only. */
async function embedQuery(
  models: Pick<ModelGateway, 'embed'>,
  query: string,
  model: string,
  dimensions: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  try {
    const { vectors } = await models.embed({ texts: [query], model, signal });
    if (vectors[0]?.length === dimensions) return vectors[0];
    return (await models.embed({ texts: [query], model, dimensions, signal })).vectors[0];
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'NO_PROVIDER') return undefined;
    throw error;
  }
}

function toHit(row: HitRow): Omit<SearchHit, 'score'> {
  return {
    chunkId: row.chunkId,
    document: { id: row.documentId, name: row.name, uri: row.uri, mediaType: row.mediaType },
    title: row.title,
    page: row.page,
    lastPage: row.lastPage,
    position: row.position,
    start: row.start,
    end: row.end,
    text: row.text,
  };
}

async function withNeighbours(dataSource: DataSource, hits: readonly SearchHit[], distance: number): Promise<SearchHit[]> {
  const places = hits.map(({ document, position }) => ({ documentId: document.id, position }));
  const rows = await neighbourRows(dataSource, places, distance);
  return hits.map((hit) => ({
    ...hit,
    neighbours: rows
      .filter(({ documentId, position }) => documentId === hit.document.id && Math.abs(position - hit.position) <= distance)
      .filter(({ position }) => position !== hit.position)
      .map(({ position, text }) => ({ position, text })),
  }));
}
