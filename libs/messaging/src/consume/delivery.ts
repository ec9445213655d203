import type { Msg, MsgHdrs } from '@nats-io/transport-node';

const nothing = new Uint8Array();
const ack = new TextEncoder().encode('+ACK');
const negative = new TextEncoder().encode('-NAK');
const progress = new TextEncoder().encode('+WPI');
const terminate = new TextEncoder().encode('+TERM');

/**
 * The life of one durable consumer on the server. Once it is deleted, its deliveries must not be acknowledged any more: a
 * consumer of the same name on a stream made anew would take such an acknowledgement for its own message of that sequence.
 */
export interface Binding {
  deleted: boolean;
}

/**
 * A message as a durable consumer delivers it. Acknowledgements are written and not awaited; the first final one (`ack`,
 * `nak`, `term`) counts, later ones do nothing, nor does any once the consumer is known to be deleted.
 */
export class Delivery {
  readonly stream: string;
  readonly consumer: string;
  /** 1 the first time. */
  readonly deliveryCount: number;
  /** Sequence in the stream. */
  readonly sequence: number;
  /** Counts this consumer's deliveries: a later delivery of the same consumer has a higher one. */
  readonly consumerSequence: number;
  /** When the stream stored it, nanoseconds since the epoch, as the server writes it. */
  readonly storedAtNanos: string;
  private readonly message: Msg;
  private readonly binding: Binding;
  private answered = false;

  constructor(message: Msg, binding: Binding) {
    this.message = message;
    this.binding = binding;
    const place = placeOf(message.reply ?? '');
    this.stream = place.stream;
    this.consumer = place.consumer;
    this.deliveryCount = place.deliveryCount;
    this.sequence = place.sequence;
    this.consumerSequence = place.consumerSequence;
    this.storedAtNanos = place.storedAtNanos;
  }

  get subject(): string {
    return this.message.subject;
  }

  get data(): Uint8Array {
    return this.message.data ?? nothing;
  }

  get headers(): MsgHdrs | undefined {
    return this.message.headers;
  }

  get traceparent(): string | undefined {
    return this.header('traceparent');
  }

  get messageId(): string | undefined {
    return this.header('Nats-Msg-Id');
  }

  /** When the stream stored it, epoch milliseconds. */
  get storedAt(): number {
    return Math.floor(Number(this.storedAtNanos) / 1e6);
  }

  header(name: string): string | undefined {
    return this.message.headers?.get(name) || undefined;
  }

  text(): string {
    return this.message.string();
  }

  /** Done: it does not come again. */
  ack(): void {
    this.answer(ack);
  }

  /** Not done: it comes again, after the delay where one is given. */
  nak(delayMs?: number): void {
    if (delayMs === undefined || delayMs <= 0) this.answer(negative);
    else this.answer(new TextEncoder().encode(`-NAK {"delay":${Math.round(delayMs * 1e6)}}`));
  }

  /** Still at it: `ack_wait` begins anew. */
  working(): void {
    if (!this.answered && !this.binding.deleted) this.message.respond(progress);
  }

  /** It is not to come again although it was not done. Dead letters are made with `DeadLetters`. */
  term(): void {
    this.answer(terminate);
  }

  private answer(payload: Uint8Array): void {
    if (this.answered || this.binding.deleted) return;
    this.answered = true;
    this.message.respond(payload);
  }
}

/**
 * The reply subject tells the place. Two forms:
 * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, and since 2.11 also with domain
 * and account hash before the stream.
 * Source: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
function placeOf(reply: string) {
  const parts = reply.split('.');
  const first = parts.length === 9 ? 2 : 4;
  return {
    stream: parts[first] ?? '',
    consumer: parts[first + 1] ?? '',
    deliveryCount: Number(parts[first + 2] ?? 1),
    sequence: Number(parts[first + 3] ?? 0),
    consumerSequence: Number(parts[first + 4] ?? 0),
    storedAtNanos: parts[first + 5] ?? '0',
  };
}
