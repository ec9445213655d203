export const lifecycleEvents = [
  'started',
  'step.queued',
  'step.running',
  'step.progress',
  'step.completed',
  'step.failed',
  'step.retrying',
  'step.waiting',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'paused',
  'resumed',
  'compensated',
] as const;
export type LifecycleEvent = (typeof lifecycleEvents)[number];
