import type { CloudEvent } from '@jetsaga/contracts';
import { isTransient, type EventIntake, type InputOutcome } from '@jetsaga/engine';
import type { DeadLetters, Delivery } from '@jetsaga/messaging';

/**
 * What comes through the stream EVENTS. An event that matches a trigger but does not fit is not lost: a copy goes to the dead
 * letters for each workflow that refused it, with the reason.
 */
export function handleEvent(
  events: EventIntake,
  deadLetters: DeadLetters,
): (event: CloudEvent, delivery: Delivery) => Promise<InputOutcome> {
  return async (event, delivery) => {
    const receipt = await events.accept(event, `event:${event.source}`).catch((error: unknown) => {
      if (!isTransient(error)) throw error;
      return { unavailable: error };
    });
    if ('unavailable' in receipt) return { kind: 'unavailable', error: receipt.unavailable };
    const { rejected } = receipt;
    for (const { workflow, problems } of rejected) {
      const reasons = problems.map((problem) => `${problem.pointer} ${problem.message}`.trim()).join('; ');
      const kept = await deadLetters.keep(delivery, `workflow ${workflow} refuses it: ${reasons}`, workflow);
      if (!kept) return { kind: 'unavailable', error: new Error('the dead letters cannot be written') };
    }
    return { kind: 'done' };
  };
}
