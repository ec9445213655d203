import type { EngineObserver } from '@jetsaga/engine';
import type { Logger, Metrics } from '@jetsaga/telemetry';

/** Counts what the engine does in this process: starts, and executions that end in the transition that starts them. */
export function engineObserver(metrics: Metrics, log: Logger): EngineObserver {
  const started = metrics.counter({ name: 'executions_started_total', help: 'Executions started by this process' });
  const ended = metrics.counter({
    name: 'executions_ended_total',
    help: 'Executions that reached their end here, by status',
    labels: ['status'],
  });
  const failures = metrics.counter({
    name: 'engine_failures_total',
    help: 'Attempts of the engine that failed and will be made again',
  });
  return {
    started: (executions) => started.inc(executions),
    ended: (status) => ended.inc({ status }),
    failed: (what, error) => {
      failures.inc();
      log.warn({ err: error }, `${what} failed; it will be tried again`);
    },
    // What follows is the coordinator's: it takes no messages here, and repairs nothing.
    ignored: () => undefined,
    batch: () => undefined,
    redispatched: () => undefined,
  };
}
