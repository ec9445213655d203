import { queueGroups, subjects, timerSetNoticeSchema } from '@jetsaga/contracts';
import type { CoordinatingEngine } from '@jetsaga/engine';
import { listen, type NatsConnection, type Serving } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';

/** Wakes for timers that starts have set in other processes. Not certain: they are found within a second anyway. */
export function listenToTimerNotices(
  connection: NatsConnection,
  engine: Pick<CoordinatingEngine, 'timerSet'>,
  log: Logger,
): Serving {
  return listen(connection, subjects.timerSet, (message) => engine.timerSet(timerSetNoticeSchema.parse(message.json()).dueAt), {
    queueGroup: queueGroups.coordinators,
    log,
  });
}
