import { DocumentEntity } from './document.entity.ts';
import { Ingestion1700000000000 } from './migrations/1700000000000-ingestion.ts';

/** The schema that this service owns, as a data source is opened on it. */
export const ingestionSchema = {
  schema: 'ingestion',
  entities: [DocumentEntity],
  migrations: [Ingestion1700000000000],
};
