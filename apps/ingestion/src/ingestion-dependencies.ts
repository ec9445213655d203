import type { ModelGateway } from '@jetsaga/ai';
import type { BlobClaimChecks, BlobStore } from '@jetsaga/storage';
import type { DataSource } from 'typeorm';
import type { ChunkRepository } from './chunks/chunk-repository.ts';
import type { DocumentRepository } from './documents/document-repository.ts';
import type { ParserThreads } from './parsing/parser-threads.ts';
import type { SourceSettings } from './sources/read-source.ts';

/** What the handlers of this service work with. */
export interface IngestionDependencies {
  readonly dataSource: DataSource;
  readonly documents: DocumentRepository;
  readonly chunks: ChunkRepository;
  readonly store: BlobStore;
  /** Claim checks in `store`. */
  readonly blobs: BlobClaimChecks;
  readonly models: ModelGateway;
  readonly parser: ParserThreads;
  readonly settings: SourceSettings;
  readonly pgvector: boolean;
}
