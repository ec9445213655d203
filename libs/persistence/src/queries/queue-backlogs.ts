import type { Queryable } from './queryable.ts';

/** What waits for the workers of a queue, as far as Postgres knows. */
export interface QueueBacklog {
  readonly queue: string;
  /** Tasks that are not in the stream: beyond the queue's window, or held by a rate limit. */
  readonly tasks: number;
  /** Since when the oldest waits (epoch milliseconds), one in the stream included once it has waited some seconds. */
  readonly oldestAt: number;
}

/** Queues in which nothing waits are not among them. */
export async function queueBacklogs(db: Queryable): Promise<QueueBacklog[]> {
  const { rows } = await db.query<{ queue: string; tasks: number; oldest_ms: number }>(
    `SELECT queue, sum(tasks)::int AS tasks, (extract(epoch FROM min(since)) * 1000)::float8 AS oldest_ms
       FROM (
         SELECT queue, count(*) AS tasks, min(since) AS since FROM saga.backlog GROUP BY queue
         UNION ALL
         SELECT queue, count(*), min(since) FROM saga.held_tasks GROUP BY queue
         UNION ALL
         SELECT d.queue, 0, min(d.dispatched_at) FROM saga.dispatches d
           JOIN saga.steps s ON s.execution_id = d.execution_id AND s.scope = d.scope AND s.node = d.node
          WHERE s.status = 'QUEUED' AND s.attempt = d.attempt AND s.dispatch = d.dispatch
          GROUP BY d.queue
       ) AS waiting
      GROUP BY queue ORDER BY queue`,
    [],
  );
  return rows.map(({ queue, tasks, oldest_ms }) => ({ queue, tasks, oldestAt: oldest_ms }));
}
