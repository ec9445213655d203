import type { Queryable } from './queryable.ts';

export interface KnownWorker {
  readonly name: string;
  readonly service: string;
  readonly queues: readonly string[];
  readonly handlers: readonly string[];
  readonly concurrency: number;
  readonly running: number;
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** Workers heard of since `since` (epoch milliseconds), by service and name. */
export async function knownWorkers(db: Queryable, since: number): Promise<KnownWorker[]> {
  const { rows } = await db.query<{
    name: string;
    service: string;
    queues: string[];
    handlers: string[];
    concurrency: number;
    running: number;
    first_seen_at: Date;
    last_seen_at: Date;
  }>(
    `SELECT name, service, queues, handlers, concurrency, running, first_seen_at, last_seen_at
       FROM saga.workers WHERE last_seen_at >= $1 ORDER BY service, name`,
    [new Date(since)],
  );
  return rows.map(({ first_seen_at, last_seen_at, ...row }) => ({
    ...row,
    firstSeenAt: first_seen_at.getTime(),
    lastSeenAt: last_seen_at.getTime(),
  }));
}
