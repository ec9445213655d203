import type { DataSource } from 'typeorm';
import { Saga1700000000000 } from './migrations/1700000000000-saga.ts';
import { IdempotentResponses1700000100000 } from './migrations/1700000100000-idempotent-responses.ts';
import { FlowControl1700000005000 } from './migrations/1700000005000-flow-control.ts';
import { openDataSource } from './open-data-source.ts';

/** The data source of the shared schema `saga`, up to date. For migrations and ordinary queries; the hot path has its own connections. */
export function openSagaDataSource(options: { url: string; applicationName: string; poolSize?: number }): Promise<DataSource> {
  return openDataSource({
    ...options,
    schema: 'saga',
    entities: [],
    migrations: [Saga1700000000000, IdempotentResponses1700000100000, FlowControl1700000005000],
  });
}
