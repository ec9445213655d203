import { createModelGateway } from '@jetsaga/ai';
import { BLOB_STORE, CONFIGURATION, OPEN_DATABASE, type OpenDatabase, type ServiceConfiguration } from '@jetsaga/service';
import { BlobClaimChecks, type BlobStore } from '@jetsaga/storage';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { ChunkRepository } from './chunks/chunk-repository.ts';
import { DocumentRepository } from './documents/document-repository.ts';
import { DocumentService } from './documents/document-service.ts';
import { DocumentsController } from './documents/documents.controller.ts';
import type { IngestionDependencies } from './ingestion-dependencies.ts';
import { ParserThreads } from './parsing/parser-threads.ts';
import { ingestionSchema } from './persistence/ingestion-schema.ts';
import { hasPgvector } from './persistence/pgvector.ts';

/** What this service reads besides what all of them read. */
export const ingestionVariables = [
  'DATABASE_URL',
  'EGRESS_ALLOW',
  'INGESTION_FILE_ROOT',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_MODEL',
  'OPENAI_EMBEDDING_MODEL',
] as const;
export type IngestionConfiguration = ServiceConfiguration<(typeof ingestionVariables)[number]>;

export const INGESTION = Symbol('INGESTION');

async function openIngestion(
  openDatabase: OpenDatabase,
  store: BlobStore,
  configuration: IngestionConfiguration,
): Promise<IngestionDependencies> {
  const { EGRESS_ALLOW, INGESTION_FILE_ROOT, OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_EMBEDDING_MODEL } =
    configuration;
  const models = createModelGateway({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, OPENAI_EMBEDDING_MODEL });
  const dataSource = await openDatabase(ingestionSchema);
  return {
    dataSource,
    documents: new DocumentRepository(dataSource),
    chunks: new ChunkRepository(dataSource),
    store,
    blobs: new BlobClaimChecks(store),
    models,
    parser: new ParserThreads(),
    settings: { fileRoot: INGESTION_FILE_ROOT, egressAllow: listOf(EGRESS_ALLOW) },
    pgvector: await hasPgvector(dataSource),
  };
}

function listOf(commaSeparated: string | undefined): string[] {
  return (commaSeparated ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

@Module({
  controllers: [DocumentsController],
  providers: [
    { provide: INGESTION, inject: [OPEN_DATABASE, BLOB_STORE, CONFIGURATION], useFactory: openIngestion },
    {
      provide: DocumentService,
      inject: [INGESTION],
      useFactory: (dependencies: IngestionDependencies) => new DocumentService(dependencies),
    },
  ],
})
export class IngestionModule implements OnModuleDestroy {
  private readonly dependencies: IngestionDependencies;

  constructor(@Inject(INGESTION) dependencies: IngestionDependencies) {
    this.dependencies = dependencies;
  }

  onModuleDestroy(): Promise<void> {
    return this.dependencies.parser.close();
  }
}
