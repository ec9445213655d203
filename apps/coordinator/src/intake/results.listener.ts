import { queueGroups, resultListSchema, subjects, type ResultReply } from '@jetsaga/contracts';
import type { SagaLoop } from '@jetsaga/engine';
import { serveRequests, type NatsConnection, type Serving } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';
import { submitResults, worstOf } from './submit-results.ts';

/**
 * The short way of results: a worker's list as a request to all coordinators' queue group, answered after COMMIT. `ok: false`
 * sends the worker the long way, through the stream.
 */
export function listenToResults(connection: NatsConnection, loop: SagaLoop, log: Logger): Serving {
  return serveRequests(
    connection,
    subjects.results,
    queueGroups.coordinators,
    async (request): Promise<ResultReply> => {
      const { results } = resultListSchema.parse(request.json());
      const worst = worstOf(await submitResults(loop, results));
      return worst.kind === 'done' ? { ok: true } : { ok: false, reason: worst.kind };
    },
    { log },
  );
}
