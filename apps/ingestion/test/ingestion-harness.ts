import { createModelGateway, type ModelGateway } from '@jetsaga/ai';
import { openDataSource } from '@jetsaga/persistence';
import { BlobClaimChecks, openBlobStore } from '@jetsaga/storage';
import { createTestDatabase } from '@jetsaga/testing';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChunkRepository } from '../src/chunks/chunk-repository.ts';
import { DocumentRepository } from '../src/documents/document-repository.ts';
import type { IngestionDependencies } from '../src/ingestion-dependencies.ts';
import { ParserThreads } from '../src/parsing/parser-threads.ts';
import { ingestionSchema } from '../src/persistence/ingestion-schema.ts';
import type { SourceSettings } from '../src/sources/read-source.ts';

export interface IngestionHarness extends IngestionDependencies {
  /** A folder of the spec's own. */
  readonly folder: string;
  /** Keys of all blobs that there are. */
  blobKeys(): Promise<string[]>;
  close(): Promise<void>;
}

/** The service's parts on a real Postgres and a real folder, without NATS. */
export async function ingestionHarness(
  options: { models?: ModelGateway; settings?: Partial<SourceSettings> } = {},
): Promise<IngestionHarness> {
  const database = await createTestDatabase();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ingestion-spec-')));
  const dataSource = await openDataSource({ ...ingestionSchema, url: database.url, applicationName: 'ingestion-spec' });
  const store = await openBlobStore(`file:${join(folder, 'blobs')}`);
  const parser = new ParserThreads();
  return {
    folder,
    dataSource,
    documents: new DocumentRepository(dataSource),
    chunks: new ChunkRepository(dataSource),
    store,
    blobs: new BlobClaimChecks(store),
    models: options.models ?? createModelGateway({}),
    parser,
    settings: { egressAllow: [], ...options.settings },
    pgvector: false,
    blobKeys: async () => {
      const keys: string[] = [];
      for await (const { key } of store.list()) keys.push(key);
      return keys;
    },
    close: async () => {
      await parser.close();
      await store.close();
      await dataSource.destroy();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}
