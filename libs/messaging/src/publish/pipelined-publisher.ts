import type { PublishOutcome } from '@jetsaga/contracts';
import { createInbox, headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { followConnection } from '../connection/follow-connection.ts';
import { MessagingError } from '../connection/messaging-error.ts';

export interface MessageToPublish {
  readonly subject: string;
  /** `Nats-Msg-Id`: within the stream's duplicate window a second message with it is not stored. */
  readonly id?: string;
  readonly payload: string | Uint8Array;
  readonly traceparent?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PublisherOptions {
  /** Until an acknowledgement must have come. Default 5 s. */
  readonly timeoutMs?: number;
  /** Messages without an answer at a time; servers refuse beyond some 10,000 per stream. Default 4,096. */
  readonly window?: number;
}

interface Batch {
  readonly messages: readonly MessageToPublish[];
  readonly outcomes: PublishOutcome[];
  next: number;
  open: number;
  readonly resolve: (outcomes: PublishOutcome[]) => void;
}

interface Unanswered {
  readonly batch: Batch;
  readonly index: number;
  readonly deadline: number;
}

/**
 * Publishes to JetStream with acknowledgements, in bulk: one inbox, a counter in the reply subject, one sweep for all
 * time-outs, and no Error or timer for a message that goes well.
 *
 * Messages are sent in the order given, at most `window` without an answer. A message whose outcome is an error may have
 * been stored all the same, except with STREAM_UNAVAILABLE and PUBLISH_REFUSED.
 *
 * Modes: open → closed (`close`). While the connection is down, everything fails at once with NATS_DISCONNECTED.
 */
export class PipelinedPublisher {
  private readonly connection: NatsConnection;
  private readonly timeoutMs: number;
  private readonly window: number;
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private readonly unanswered = new Map<number, Unanswered>();
  private readonly queue: Batch[] = [];
  private counter = 0;
  private connected = true;
  private closed = false;
  private sweep: NodeJS.Timeout | null = null;

  constructor(connection: NatsConnection, options: PublisherOptions = {}) {
    this.connection = connection;
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.window = options.window ?? 4_096;
    this.inbox = createInbox();
    this.subscription = connection.subscribe(`${this.inbox}.*`, { callback: (_error, message) => this.answered(message) });
    followConnection(connection, {
      disconnected: () => {
        this.connected = false;
        this.failAll(new MessagingError('NATS_DISCONNECTED', 'the connection to NATS was lost before the answer came'));
      },
      reconnected: () => {
        this.connected = true;
      },
    });
  }

  /** One outcome per message, in order; never rejects. */
  publish(messages: readonly MessageToPublish[]): Promise<PublishOutcome[]> {
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.queue.push({ messages, outcomes: new Array(messages.length), next: 0, open: messages.length, resolve });
      this.pump();
    });
  }

  /** Fails what is still unanswered. The connection stays open. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (!this.connection.isClosed()) this.subscription.unsubscribe();
    this.failAll(new MessagingError('NATS_DISCONNECTED', 'the publisher was closed before the answer came'));
  }

  private pump(): void {
    if (!this.connected || this.closed || this.connection.isClosed()) {
      this.failAll(new MessagingError('NATS_DISCONNECTED', 'there is no connection to NATS at the moment'));
      return;
    }
    const deadline = Date.now() + this.timeoutMs;
    while (this.unanswered.size < this.window) {
      const batch = this.queue[0];
      if (!batch) break;
      const index = batch.next;
      batch.next += 1;
      if (batch.next === batch.messages.length) this.queue.shift();
      this.send(batch, index, deadline);
    }
    if (this.unanswered.size > 0) this.startSweep();
  }

  private send(batch: Batch, index: number, deadline: number): void {
    const message = batch.messages[index];
    if (!message) return;
    const number = this.counter;
    this.counter += 1;
    try {
      this.connection.publish(message.subject, message.payload, {
        reply: `${this.inbox}.${number.toString(36)}`,
        headers: headersOf(message),
      });
      this.unanswered.set(number, { batch, index, deadline });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.settle(batch, index, {
        ok: false,
        error: new MessagingError('PUBLISH_REFUSED', `cannot publish to ${message.subject}: ${reason}`, { cause }),
      });
    }
  }

  private answered(message: Msg): void {
    const number = Number.parseInt(message.subject.slice(this.inbox.length + 1), 36);
    const entry = this.unanswered.get(number);
    // Late: it has timed out already.
    if (!entry) return;
    this.unanswered.delete(number);
    this.settle(entry.batch, entry.index, outcomeOf(message, entry.batch.messages[entry.index]?.subject ?? ''));
    if (this.queue.length > 0) this.pump();
  }

  private settle(batch: Batch, index: number, outcome: PublishOutcome): void {
    batch.outcomes[index] = outcome;
    batch.open -= 1;
    if (batch.open === 0) batch.resolve(batch.outcomes);
  }

  private startSweep(): void {
    this.sweep ??= setTimeout(() => this.sweepTimeouts(), Math.min(this.timeoutMs, 1_000)).unref();
  }

  private sweepTimeouts(): void {
    this.sweep = null;
    const now = Date.now();
    for (const [number, { batch, index, deadline }] of this.unanswered) {
      // Insertion order is deadline order.
      if (deadline > now) break;
      this.unanswered.delete(number);
      const error = new MessagingError('PUBLISH_TIMEOUT', `no acknowledgement from the stream within ${this.timeoutMs} ms`);
      this.settle(batch, index, { ok: false, error });
    }
    this.pump();
  }

  private failAll(error: MessagingError): void {
    const outcome: PublishOutcome = { ok: false, error };
    const unanswered = [...this.unanswered.values()];
    const queued = this.queue.splice(0);
    this.unanswered.clear();
    if (this.sweep) clearTimeout(this.sweep);
    this.sweep = null;
    for (const { batch, index } of unanswered) this.settle(batch, index, outcome);
    for (const batch of queued) {
      for (let index = batch.next; index < batch.messages.length; index += 1) this.settle(batch, index, outcome);
    }
  }
}

function headersOf(message: MessageToPublish) {
  const { id, traceparent } = message;
  if (id === undefined && !traceparent && !message.headers) return undefined;
  const result = headers();
  if (id !== undefined) result.set('Nats-Msg-Id', id);
  if (traceparent) result.set('traceparent', traceparent);
  if (message.headers) for (const [name, value] of Object.entries(message.headers)) result.set(name, value);
  return result;
}

interface ServerAnswer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description: string };
}

function outcomeOf(message: Msg, subject: string): PublishOutcome {
  if (message.data.length === 0 && message.headers?.code === 503) {
    return { ok: false, error: new MessagingError('STREAM_UNAVAILABLE', `no stream takes ${subject} at the moment`) };
  }
  const answer = readAnswer(message);
  if (answer?.seq !== undefined && !answer.error) {
    return { ok: true, acknowledgement: { sequence: answer.seq, duplicate: answer.duplicate === true } };
  }
  const reason = answer?.error?.description ?? 'the answer cannot be read';
  return { ok: false, error: new MessagingError('PUBLISH_REFUSED', `the server refuses the message to ${subject}: ${reason}`) };
}

function readAnswer(message: Msg): ServerAnswer | undefined {
  try {
    return message.json<ServerAnswer>();
  } catch {
    return undefined;
  }
}
