import type { AnyHandler } from '@jetsaga/worker';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { chunkTextHandler } from './chunk-text.handler.ts';
import { embedChunksHandler } from './embed-chunks.handler.ts';
import { indexStatusHandler } from './index-status.handler.ts';
import { parseDocumentHandler } from './parse-document.handler.ts';
import { searchChunksHandler } from './search-chunks.handler.ts';

/** Every handler of this service; a new one is one line here. */
export function ingestionHandlers(dependencies: IngestionDependencies): AnyHandler[] {
  return [parseDocumentHandler, chunkTextHandler, embedChunksHandler, indexStatusHandler, searchChunksHandler].map((make) =>
    make(dependencies),
  );
}
