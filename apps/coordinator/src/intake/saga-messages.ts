import {
  commandPokeSchema,
  releasePokeSchema,
  resultListSchema,
  slotPokeSchema,
  subjects,
  type ResultList,
  type SlotGroup,
} from '@jetsaga/contracts';
import type { CoordinatingEngine, InputOutcome } from '@jetsaga/engine';
import { jsonOf, type Delivery } from '@jetsaga/messaging';
import { submitResults, worstOf } from './submit-results.ts';

type SagaMessage =
  | { readonly kind: 'results'; readonly list: ResultList }
  | { readonly kind: 'poke'; readonly executionId: string }
  | { readonly kind: 'admit'; readonly group: SlotGroup }
  | { readonly kind: 'release'; readonly bucket: string };

const readResults = jsonOf(resultListSchema);
const readPoke = jsonOf(commandPokeSchema);
const readSlotPoke = jsonOf(slotPokeSchema);
const readReleasePoke = jsonOf(releasePokeSchema);

/** What comes through the stream SAGA: results that took the long way, and pokes. */
export function decodeSagaMessage(delivery: Delivery): SagaMessage {
  switch (delivery.subject) {
    case subjects.sagaResult:
      return { kind: 'results', list: readResults(delivery) };
    case subjects.sagaCommand('admit'):
      return { kind: 'admit', group: readSlotPoke(delivery) };
    case subjects.sagaCommand('release'):
      return { kind: 'release', bucket: readReleasePoke(delivery).bucket };
    default:
      return { kind: 'poke', executionId: readPoke(delivery).executionId };
  }
}

type Parts = Pick<CoordinatingEngine, 'loop' | 'admissions' | 'rateGate'>;

export function handleSagaMessage({ loop, admissions, rateGate }: Parts): (message: SagaMessage) => Promise<InputOutcome> {
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
      case 'release':
        rateGate.noticed([message.bucket]);
        return { kind: 'done' };
    }
  };
}
