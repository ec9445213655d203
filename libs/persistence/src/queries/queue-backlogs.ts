import type { Queryable } from './queryable.ts';

/** Tasks of a queue that are not in the stream: beyond its window, or held by a rate limit. */
export interface QueueBacklog {
  readonly queue: string;
  readonly tasks: number;
  /** Since when the oldest of them waits (epoch milliseconds). */
  readonly oldestAt: number;
}

export async function queueBacklogs(db: Queryable): Promise<QueueBacklog[]> {
  const { rows } = await db.query<{ queue: string; tasks: number; oldest_ms: number }>(
    `SELECT queue, count(*)::int AS tasks, (extract(epoch FROM min(since)) * 1000)::float8 AS oldest_ms
       FROM (SELECT queue, since FROM saga.backlog UNION ALL SELECT queue, since FROM saga.held_tasks) AS waiting
      GROUP BY queue ORDER BY queue`,
    [],
  );
  return rows.map(({ queue, tasks, oldest_ms }) => ({ queue, tasks, oldestAt: oldest_ms }));
}
