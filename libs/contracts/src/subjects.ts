/** The JetStream streams, by name. Their configuration is in libs/messaging. */
export const streams = {
  events: 'EVENTS',
  saga: 'SAGA',
  tasks: 'TASKS',
  lifecycle: 'LIFECYCLE',
  deadLetters: 'DEAD_LETTERS',
} as const;
export type StreamName = (typeof streams)[keyof typeof streams];

export const consumers = { triggers: 'triggers', coordinator: 'coordinator' } as const;

export const subjects = {
  /** An event of the given type; dots in the type are levels of the subject. */
  event: (type: string) => `events.${type}`,
  allEvents: 'events.>',
  sagaCommand: (kind: string) => `saga.command.${kind}`,
  sagaResult: 'saga.result',
  saga: 'saga.>',
  task: (queue: string, handler: string) => `tasks.${queue}.${handler}`,
  queueTasks: (queue: string) => `tasks.${queue}.>`,
  allTasks: 'tasks.>',
  lifecycle: (definition: string, executionId: string, event: string) => `workflow.${definition}.${executionId}.${event}`,
  lifecycleOf: (executionId: string) => `workflow.*.${executionId}.>`,
  allLifecycle: 'workflow.>',
  dead: (stream: string, consumer: string) => `dead.${stream}.${consumer}`,
  allDead: 'dead.>',
  /** Core NATS request to the coordinators' queue group: a list of results, answered after COMMIT. */
  results: 'svc.coordinator.results',
  /** Core NATS: a list of tasks that workers have begun. */
  taskStarts: 'svc.coordinator.starts',
  /** Core NATS: what a worker can do, sent at its start and every few seconds. */
  announcements: 'svc.coordinator.announce',
  /** Core NATS to the coordinators' queue group: a timer was set that is due soon. */
  timerSet: 'svc.coordinator.timer-set',
  /** Core NATS among the coordinators: who is there, and who is saturated. */
  coordinatorPresence: 'svc.coordinator.presence',
  /** Core NATS broadcast to all workers: attempts that are to be aborted. */
  aborts: 'svc.worker.abort',
  /** Request and reply between the API and a service. */
  service: (service: string, verb: string) => `svc.${service}.${verb}`,
} as const;

export const queueGroups = { coordinators: 'coordinators' } as const;

/** Every dispatch of a step raises `dispatch`, so that a repair is never swallowed by the server's deduplication. */
export function taskMessageId(executionId: string, path: string, attempt: number, dispatch: number): string {
  return `${executionId}:${path}:${attempt}:${dispatch}`;
}

/** Of the message that tells a service that its deferred step is not wanted any more. Never that of a task to run. */
export function cancelMessageId(executionId: string, path: string, attempt: number): string {
  return `${executionId}:${path}:${attempt}:cancel`;
}

/** Stays the same over redeliveries and unknown outcomes, and grows after a definite failure. */
export function idempotencyKey(executionId: string, path: string, generation: number): string {
  return `${executionId}:${path}:${generation}`;
}

/** The key of the calls that undo what was done under `idempotencyKey`. */
export function undoIdempotencyKey(executionId: string, path: string, generation: number): string {
  return `${idempotencyKey(executionId, path, generation)}:undo`;
}
