import type { Bus } from '@jetsaga/contracts';
import { queueBacklogs, type Queryable } from '@jetsaga/persistence';
import type { Metrics } from '@jetsaga/telemetry';

/** How long the queues are, asked when the metrics are read. What cannot be told at the moment is left out rather than guessed. */
export function queueDepthMetric(metrics: Metrics, bus: Pick<Bus, 'taskStream'>, db: Queryable): void {
  metrics.gauge({
    name: 'queue_depth',
    help: 'Tasks that wait for a worker, by queue, in the stream and in Postgres',
    labels: ['queue', 'place'],
    collect: async (gauge) => {
      gauge.reset();
      const [stream, backlogs] = await Promise.all([bus.taskStream().catch(() => undefined), queueBacklogs(db).catch(() => [])]);
      for (const [queue, tasks] of stream?.waiting ?? []) gauge.set({ queue, place: 'stream' }, tasks);
      for (const { queue, tasks } of backlogs) gauge.set({ queue, place: 'postgres' }, tasks);
    },
  });
}
