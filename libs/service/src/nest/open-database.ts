import { setTimeout as pause } from 'node:timers/promises';
import { openDataSource, type OpenDataSourceOptions } from '@jetsaga/persistence';
import type { Logger } from '@jetsaga/telemetry';
import type { HealthChecks } from '../health/health-checks.ts';

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
    const dataSource = await reachable(() => openDataSource({ ...options, url, applicationName: `jetsaga-${service}` }), log);
    this.opened.push(dataSource);
    checks.add('postgres', () => dataSource.query('SELECT 1'));
    return dataSource;
  };

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((dataSource) => dataSource.destroy()));
  }
}

/** Not there yet, starting, or shutting down to start again. Anything else is for a person to mend. */
const passing = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND', '57P03', '57P01'];
const longestPauseMs = 2_000;

async function reachable<T>(open: () => Promise<T>, log: Logger): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!passing.includes(String((error as { code?: unknown }).code))) throw error;
      if (attempt === 0) log.warn({ err: error }, 'Postgres: not reachable yet, waiting for it');
      await pause(Math.min(100 * 2 ** attempt, longestPauseMs));
    }
  }
}
