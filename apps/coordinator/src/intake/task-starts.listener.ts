import { queueGroups, subjects, taskStartListSchema } from '@jetsaga/contracts';
import { scopeOf, type SagaLoop } from '@jetsaga/engine';
import { listen, type NatsConnection, type Serving } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';

/** Records that workers have begun tasks. Not certain, and needs no answer: it only makes RUNNING visible. */
export function listenToTaskStarts(connection: NatsConnection, loop: SagaLoop, log: Logger): Serving {
  return listen(
    connection,
    subjects.taskStarts,
    (message) => {
      for (const start of taskStartListSchema.parse(message.json()).starts) {
        const { executionId, path } = start;
        loop.add({ executionId, scope: scopeOf(path), body: { kind: 'started', start }, settle: () => undefined });
      }
    },
    { queueGroup: queueGroups.coordinators, log },
  );
}
