import { openDataSource, type OpenDataSourceOptions } from '@jetsaga/persistence';
import type { Logger } from '@jetsaga/telemetry';
import type { HealthChecks } from '../health/health-checks.ts';
import { whenPostgresAnswers } from '../when-postgres-answers.ts';

export type DataSource = Awaited<ReturnType<typeof openDataSource>>;

/** Opens the service's own schema, waits for Postgres where it must, and has readiness ask it. Closed when the service stops. */
export type OpenDatabase = (
  options: Pick<OpenDataSourceOptions, 'schema' | 'entities' | 'migrations' | 'poolSize'>,
) => Promise<DataSource>;

export interface DatabaseOpenerParts {
  readonly url: string;
  readonly service: string;
  readonly checks: HealthChecks;
  readonly log: Logger;
}

export class DatabaseOpener {
  private readonly parts: DatabaseOpenerParts;
  private readonly opened: DataSource[] = [];

  constructor(parts: DatabaseOpenerParts) {
    this.parts = parts;
  }

  readonly open: OpenDatabase = async (options) => {
    const { url, service, checks, log } = this.parts;
    const dataSource = await whenPostgresAnswers(
      () => openDataSource({ ...options, url, applicationName: `jetsaga-${service}` }),
      log,
    );
    this.opened.push(dataSource);
    checks.add('postgres', () => dataSource.query('SELECT 1'));
    return dataSource;
  };

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((dataSource) => dataSource.destroy()));
  }
}
