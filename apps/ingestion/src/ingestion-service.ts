import type { ServiceDefinition } from '@jetsaga/service';
import { ingestionHandlers } from './handlers/index.ts';
import type { IngestionDependencies } from './ingestion-dependencies.ts';
import { INGESTION, IngestionModule, ingestionVariables } from './ingestion.module.ts';

export const ingestionService = {
  name: 'ingestion',
  module: IngestionModule,
  variables: ingestionVariables,
  handlers: (app) => ingestionHandlers(app.get<IngestionDependencies>(INGESTION, { strict: false })),
} satisfies ServiceDefinition<(typeof ingestionVariables)[number]>;
