import {
  commandPokeSchema,
  resultListSchema,
  slotPokeSchema,
  subjects,
  type ResultList,
  type SlotGroup,
} from '@jetsaga/contracts';
import type { Admissions, InputOutcome, SagaLoop } from '@jetsaga/engine';
import { jsonOf, type Delivery } from '@jetsaga/messaging';
import { submitResults, worstOf } from './submit-results.ts';

type SagaMessage =
  | { readonly kind: 'results'; readonly list: ResultList }
  | { readonly kind: 'poke'; readonly executionId: string }
  | { readonly kind: 'admit'; readonly group: SlotGroup };

const readResults = jsonOf(resultListSchema);
const readPoke = jsonOf(commandPokeSchema);
const readSlotPoke = jsonOf(slotPokeSchema);

/** What comes through the stream SAGA: results that took the long way, and pokes. */
export function decodeSagaMessage(delivery: Delivery): SagaMessage {
  switch (delivery.subject) {
    case subjects.sagaResult:
      return { kind: 'results', list: readResults(delivery) };
    case subjects.sagaCommand('admit'):
      return { kind: 'admit', group: readSlotPoke(delivery) };
    default:
      return { kind: 'poke', executionId: readPoke(delivery).executionId };
  }
}

export function handleSagaMessage(loop: SagaLoop, admissions: Admissions): (message: SagaMessage) => Promise<InputOutcome> {
  return async (message) => {
    switch (message.kind) {
      case 'results':
        return worstOf(await submitResults(loop, message.list.results));
      case 'poke':
        return loop.submit({ executionId: message.executionId, scope: '', body: { kind: 'poke' } });
      case 'admit':
        // Whoever waits is on record: what this process does not get done, the reconciler does.
        admissions.noticed([message.group]);
        return { kind: 'done' };
    }
  };
}
