import type { EngineObserver } from '@jetsaga/engine';
import type { Logger, Metrics } from '@jetsaga/telemetry';

/** Counts and logs what the engine tells of itself. */
export function engineObserver(metrics: Metrics, log: Logger): EngineObserver {
  const ignored = metrics.counter({
    name: 'ignored_messages_total',
    help: 'Messages that changed nothing, by reason',
    labels: ['reason'],
  });
  const batchInputs = metrics.histogram({
    name: 'transition_batch_inputs',
    help: 'Inputs in one transaction',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 512],
  });
  const batchSeconds = metrics.histogram({
    name: 'transition_batch_seconds',
    help: 'Time of one transaction, decisions included',
  });
  const started = metrics.counter({ name: 'executions_started_total', help: 'Executions started by this process' });
  const ended = metrics.counter({
    name: 'executions_ended_total',
    help: 'Executions that reached their end here, by status',
    labels: ['status'],
  });
  const redispatched = metrics.counter({
    name: 'tasks_redispatched_total',
    help: 'Tasks whose message was lost or left behind, sent again',
  });
  const failures = metrics.counter({
    name: 'engine_failures_total',
    help: 'Attempts of the engine that failed and will be made again',
  });
  return {
    ignored: (reason) => ignored.inc({ reason }),
    batch: (inputs, _executions, durationMs) => {
      batchInputs.observe(inputs);
      batchSeconds.observe(durationMs / 1_000);
    },
    started: (executions) => started.inc(executions),
    ended: (status) => ended.inc({ status }),
    redispatched: (tasks) => {
      redispatched.inc(tasks);
      log.warn({ tasks }, 'tasks were sent again: their messages were lost or left behind');
    },
    failed: (what, error) => {
      failures.inc();
      log.warn({ err: error }, `${what} failed; it will be tried again`);
    },
  };
}
