import type { DataSource } from 'typeorm';
import { Saga1700000000000 } from './migrations/1700000000000-saga.ts';
import { Waiting1700000001000 } from './migrations/1700000001000-waiting.ts';
import { IdempotentResponses1700000100000 } from './migrations/1700000100000-idempotent-responses.ts';
import { Operating1700000002000 } from './migrations/1700000002000-operating.ts';
import { Schedules1700000003000 } from './migrations/1700000003000-schedules.ts';
import { openDataSource } from './open-data-source.ts';

/** The data source of the shared schema `saga`, up to date. For migrations and ordinary queries; the hot path has its own connections. */
export function openSagaDataSource(options: { url: string; applicationName: string; poolSize?: number }): Promise<DataSource> {
  return openDataSource({
    ...options,
    schema: 'saga',
    entities: [],
    migrations: [
      Saga1700000000000,
      Waiting1700000001000,
      Operating1700000002000,
      Schedules1700000003000,
      IdempotentResponses1700000100000,
    ],
  });
}
