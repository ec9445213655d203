import type { Metrics } from '@jetsaga/telemetry';

/** What a worker counts. */
export interface WorkerMetrics {
  taskDone(handler: string, outcome: string, seconds: number): void;
  taskTaken(handler: string, waitedSeconds: number): void;
  deadTask(): void;
}

export function workerMetrics(metrics: Metrics, running: () => number): WorkerMetrics {
  const done = metrics.counter({ name: 'worker_tasks_total', help: 'Tasks by outcome', labels: ['handler', 'outcome'] });
  const seconds = metrics.histogram({ name: 'worker_task_duration_seconds', help: 'Time in the handler', labels: ['handler'] });
  const waited = metrics.histogram({ name: 'worker_task_wait_seconds', help: 'From scheduled to begun', labels: ['handler'] });
  const dead = metrics.counter({ name: 'worker_dead_tasks_total', help: 'Tasks put into the dead letters' });
  metrics.gauge({ name: 'worker_running_tasks', help: 'Tasks running now', collect: (gauge) => gauge.set(running()) });
  return {
    taskDone(handler, outcome, duration) {
      done.inc({ handler, outcome });
      seconds.observe({ handler }, duration);
    },
    taskTaken: (handler, wait) => waited.observe({ handler }, wait),
    deadTask: () => dead.inc(),
  };
}

export const noMetrics: WorkerMetrics = { taskDone: () => undefined, taskTaken: () => undefined, deadTask: () => undefined };
