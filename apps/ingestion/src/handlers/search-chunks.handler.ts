import { defineHandler } from '@jetsaga/worker';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { searchChunks } from '../search/search-chunks.ts';
import { searchRequestSchema, searchResultSchema } from '../search/search-request.ts';

export function searchChunksHandler(dependencies: IngestionDependencies) {
  return defineHandler({
    name: 'search_chunks',
    queue: 'ingestion',
    description: 'Finds the chunks that answer a query best: by vectors, by words, or by both.',
    config: searchRequestSchema,
    output: searchResultSchema,
    timeoutMs: 60_000,
    example: { query: 'When does the warranty end?', limit: 5 },
    run: async (request, context) => ({ hits: await searchChunks(dependencies, request, context.signal) }),
  });
}
