import { openDataSource } from '@jetsaga/persistence';
import type { DataSource } from 'typeorm';
import { DocumentEntity } from './document.entity.ts';
import { Ingestion1700000000000 } from './migrations/1700000000000-ingestion.ts';

/** The schema `ingestion`, up to date. */
export function openIngestionDataSource(options: {
  url: string;
  applicationName: string;
  poolSize?: number;
}): Promise<DataSource> {
  return openDataSource({
    ...options,
    schema: 'ingestion',
    entities: [DocumentEntity],
    migrations: [Ingestion1700000000000],
  });
}
