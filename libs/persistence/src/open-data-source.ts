import 'reflect-metadata';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { connectionOptions } from './connection-options.ts';

type ClassOrFunction = MixedList<(new () => unknown) | ((...args: never[]) => unknown)>;

export interface OpenDataSourceOptions {
  /** `postgres://…`; a Unix socket is given as `?host=/directory`. */
  readonly url: string;
  /** The one schema this process owns. It is made when missing. */
  readonly schema: string;
  readonly entities: ClassOrFunction;
  readonly migrations: ClassOrFunction;
  readonly applicationName: string;
  /** Connections at most. Default 5. */
  readonly poolSize?: number;
}

/**
 * Opens a TypeORM data source on one schema and brings it up to date. Processes that start at the same time take turns
 * (an advisory lock), so that a migration runs once.
 */
export async function openDataSource(options: OpenDataSourceOptions): Promise<DataSource> {
  if (!/^[a-z_]+$/.test(options.schema)) throw new Error(`not a schema name: ${options.schema}`);
  const lock = new Client({ ...connectionOptions(options.url), application_name: `${options.applicationName}-migrations` });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock(hashtext($1))', [`jetsaga:${options.schema}`]);
    await lock.query(`CREATE SCHEMA IF NOT EXISTS ${options.schema}`);
    const dataSource = new DataSource({
      type: 'postgres',
      ...typeormConnection(options.url),
      schema: options.schema,
      entities: options.entities,
      migrations: options.migrations,
      migrationsTableName: 'migrations',
      applicationName: options.applicationName,
      poolSize: options.poolSize ?? 5,
      poolErrorHandler: () => undefined,
    } as DataSourceOptions);
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'all' });
    return dataSource;
  } finally {
    await lock.end();
  }
}

function typeormConnection(url: string) {
  const { user, password, host, port, database, ssl } = connectionOptions(url);
  return { username: user, password, host, port, database, ssl };
}
