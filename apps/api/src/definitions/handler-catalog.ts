import { Inject, Injectable } from '@nestjs/common';
import type { Json } from '@jetsaga/contracts';
import { knownHandlers } from '@jetsaga/persistence';
import type { HandlerCatalog } from '@jetsaga/workflow';
import type { Pool } from 'pg';
import { Fleet } from '../fleet/fleet.ts';
import { POOL } from '../resources.ts';

/** The handlers that workers ever announced, as definitions are checked against them. */
@Injectable()
export class HandlerCatalogSource {
  private readonly pool: Pool;
  private readonly fleet: Fleet;

  constructor(@Inject(POOL) pool: Pool, fleet: Fleet) {
    this.pool = pool;
    this.fleet = fleet;
  }

  /** By name and alias. */
  async read(): Promise<HandlerCatalog> {
    const [handlers, workers] = await Promise.all([knownHandlers(this.pool), this.fleet.alive()]);
    const offered = new Set(workers.flatMap((worker) => worker.handlers));
    const catalog = new Map<string, NonNullable<ReturnType<HandlerCatalog['get']>>>();
    for (const { name, aliases, queue, branches, timeoutMs, retry, configSchema } of handlers) {
      const facts = { queue, branches, timeoutMs, retry, configSchema: configSchema as Json, available: offered.has(name) };
      for (const alias of [name, ...aliases]) catalog.set(alias, facts);
    }
    return catalog;
  }
}
