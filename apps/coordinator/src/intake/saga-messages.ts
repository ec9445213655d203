import { commandPokeSchema, resultListSchema, subjects, type ResultList } from '@jetsaga/contracts';
import type { InputOutcome, SagaLoop } from '@jetsaga/engine';
import { jsonOf, type Delivery } from '@jetsaga/messaging';
import { submitResults, worstOf } from './submit-results.ts';

type SagaMessage =
  { readonly kind: 'results'; readonly list: ResultList } | { readonly kind: 'poke'; readonly executionId: string };

const readResults = jsonOf(resultListSchema);
const readPoke = jsonOf(commandPokeSchema);

/** What comes through the stream SAGA: results that took the long way, and pokes. */
export function decodeSagaMessage(delivery: Delivery): SagaMessage {
  return delivery.subject === subjects.sagaResult
    ? { kind: 'results', list: readResults(delivery) }
    : { kind: 'poke', executionId: readPoke(delivery).executionId };
}

export function handleSagaMessage(loop: SagaLoop): (message: SagaMessage) => Promise<InputOutcome> {
  return async (message) =>
    message.kind === 'results'
      ? worstOf(await submitResults(loop, message.list.results))
      : loop.submit({ executionId: message.executionId, scope: '', body: { kind: 'poke' } });
}
