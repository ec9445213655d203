import { subjects } from '@jetsaga/contracts';
import type { Logger } from '@jetsaga/telemetry';
import type { Delivery } from '../consume/delivery.ts';
import type { PipelinedPublisher } from '../publish/pipelined-publisher.ts';

/** Headers of a dead letter, beside those that the message had. */
export const deadLetterHeaders = {
  reason: 'Jetsaga-Dead-Reason',
  stream: 'Jetsaga-Dead-Stream',
  consumer: 'Jetsaga-Dead-Consumer',
  subject: 'Jetsaga-Dead-Subject',
  sequence: 'Jetsaga-Dead-Sequence',
  deliveries: 'Jetsaga-Dead-Deliveries',
  messageId: 'Jetsaga-Dead-Message-Id',
  time: 'Jetsaga-Dead-Time',
  /** Size of a body that had to be cut so that the letter fits. */
  cutFrom: 'Jetsaga-Dead-Cut-From',
} as const;

export interface DeadLettersOptions {
  /** Largest message of the server: `connection.info.max_payload`. */
  readonly maxPayload: number;
  readonly log?: Logger;
}

/** What the headers may need at most. */
const headerReserve = 16 * 1024;
const reasonLength = 2_000;
const retryMs = 5_000;

/** Keeps what could not be handled, with its reason and origin, in the stream DEAD_LETTERS. */
export class DeadLetters {
  private readonly publisher: PipelinedPublisher;
  private readonly options: DeadLettersOptions;

  constructor(publisher: PipelinedPublisher, options: DeadLettersOptions) {
    this.publisher = publisher;
    this.options = options;
  }

  /**
   * Copies the message, awaits the copy's acknowledgement, then terminates the original. When the copy cannot be stored
   * the original comes again a little later, and the answer is false. Never rejects.
   */
  async bury(delivery: Delivery, reason: string): Promise<boolean> {
    const stored = await this.keep(delivery, reason);
    if (stored) delivery.term();
    else delivery.nak(retryMs);
    return stored;
  }

  /**
   * Keeps a copy and leaves the original alone: for a message that was fine for some of its receivers. `receiver` tells copies
   * of the same message apart. Resolves to whether the copy is stored.
   */
  async keep(delivery: Delivery, reason: string, receiver = ''): Promise<boolean> {
    const { log } = this.options;
    const origin = {
      stream: delivery.stream,
      consumer: delivery.consumer,
      sequence: delivery.sequence,
      subject: delivery.subject,
    };
    const room = Math.max(0, this.options.maxPayload - headerReserve);
    const cut = delivery.data.length > room;
    const [outcome] = await this.publisher.publish([
      {
        subject: subjects.dead(delivery.stream, delivery.consumer),
        id: `dead:${delivery.stream}:${delivery.consumer}:${delivery.storedAtNanos}:${delivery.sequence}:${receiver}`,
        payload: cut ? delivery.data.subarray(0, room) : delivery.data,
        headers: { ...keptHeaders(delivery), ...originHeaders(delivery, reason, cut) },
      },
    ]);
    if (outcome?.ok) {
      log?.error({ ...origin, reason }, 'message put into the dead letters');
      return true;
    }
    log?.error({ ...origin, reason, err: outcome?.error }, 'message cannot be put into the dead letters yet');
    return false;
  }
}

function originHeaders(delivery: Delivery, reason: string, cut: boolean): Record<string, string> {
  return {
    [deadLetterHeaders.reason]: oneLine(reason),
    [deadLetterHeaders.stream]: delivery.stream,
    [deadLetterHeaders.consumer]: delivery.consumer,
    [deadLetterHeaders.subject]: delivery.subject,
    [deadLetterHeaders.sequence]: String(delivery.sequence),
    [deadLetterHeaders.deliveries]: String(delivery.deliveryCount),
    [deadLetterHeaders.time]: new Date().toISOString(),
    ...(delivery.messageId ? { [deadLetterHeaders.messageId]: delivery.messageId } : {}),
    ...(cut ? { [deadLetterHeaders.cutFrom]: String(delivery.data.length) } : {}),
  };
}

/** What the sender wrote, less what would speak to the server a second time. */
function keptHeaders(delivery: Delivery): Record<string, string> {
  const kept: Record<string, string> = {};
  let size = 0;
  for (const name of delivery.headers?.keys() ?? []) {
    if (name.toLowerCase().startsWith('nats-')) continue;
    const value = delivery.headers?.get(name) ?? '';
    size += name.length + value.length;
    if (size > headerReserve / 2) break;
    kept[name] = value;
  }
  return kept;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, reasonLength);
}
