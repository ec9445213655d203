import type { Logger } from '@jetsaga/telemetry';
import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { drainSubscription } from '../connection/drain-subscription.ts';
import { followConnection } from '../connection/follow-connection.ts';
import { Delivery, type Binding } from './delivery.ts';

export interface BatchConsumerOptions {
  readonly stream: string;
  /** Name of the durable consumer. */
  readonly consumer: string;
  /** Makes the consumer where nobody else does; called before binding and whenever it is missing. */
  readonly make?: () => Promise<unknown>;
  readonly log?: Logger;
}

/** A pull request's life on the server, and how often the server says meanwhile that it is still there. */
const steady = { expiresMs: 30_000, heartbeatMs: 2_000 };
/** The same where it is not known that the consumer exists: servers before 2.11 say nothing when it does not. */
const probe = { expiresMs: 1_000, heartbeatMs: 400 };
/** Silence after which what was asked for is taken for lost. */
const steadySilenceMs = 2.5 * steady.heartbeatMs;
const probeSilenceMs = 1_100;
const firstRetryMs = 50;
const retryCapMs = 1_000;

/**
 * Reads a durable pull consumer in batches: `next(max)` gives what is there, as soon as there is anything.
 *
 * It never asks for more than the caller has room for: what is asked for, buffered here and handed over together stays
 * within the last `max`. A pull request is always outstanding while there is room, so a message arrives without polling. A
 * worker passes its free slots; a coordinator a constant, and gathers what arrives while it is busy. What arrives beyond the
 * room, because a request was taken for lost and was not, goes back at once.
 *
 * Modes:
 * - bound: pulls are answered by messages and heartbeats. While nothing has been heard yet, they are probes for one message.
 * - away (the consumer or stream is missing, the server says so or is silent): pulls again, with growing pauses, until
 *   somebody has made it again. Lost connections, restarted servers and deleted streams all end here.
 * - stopped (`stop`): gives back what it had not handed over.
 */
export class BatchConsumer {
  readonly stream: string;
  readonly consumer: string;
  private readonly connection: NatsConnection;
  private readonly log: Logger | undefined;
  private readonly make: (() => Promise<unknown>) | undefined;
  private readonly pullSubject: string;
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private readonly buffer: Delivery[] = [];
  /** How many messages each pull request asked for; kept while any may be outstanding. */
  private readonly asked = new Map<number, number>();
  private binding: Binding = { deleted: false };
  private mode: 'bound' | 'away' | 'stopped' = 'bound';
  private connected = true;
  private room = 0;
  private outstanding = 0;
  private pulls = 0;
  private lastConsumerSequence = 0;
  private retries = 0;
  private lastHeard = 0;
  private wake: (() => void) | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  /** The server has answered a pull request since the last doubt. */
  private confirmed = false;
  private probeTimer: NodeJS.Timeout | null = null;
  private readonly watchdog: NodeJS.Timeout;

  constructor(connection: NatsConnection, options: BatchConsumerOptions) {
    this.connection = connection;
    this.stream = options.stream;
    this.consumer = options.consumer;
    this.log = options.log;
    this.make = options.make;
    this.pullSubject = `$JS.API.CONSUMER.MSG.NEXT.${options.stream}.${options.consumer}`;
    this.inbox = createInbox();
    this.subscription = connection.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (error) this.log?.error({ err: error, stream: this.stream, consumer: this.consumer }, 'NATS: cannot consume');
        else this.received(message);
      },
    });
    followConnection(connection, {
      disconnected: () => {
        this.connected = false;
        this.forgetRequests();
      },
      reconnected: () => {
        this.connected = true;
        this.retries = 0;
        this.pull();
      },
    });
    // Where there is nothing to make, the first `next` finds out whether it is there.
    if (options.make) {
      this.mode = 'away';
      void this.bindAgain();
    }
    void connection.closed().then(() => this.stop());
    this.watchdog = setInterval(() => this.checkSilence(), steady.heartbeatMs).unref();
  }

  /**
   * At least one message, at most `max`, in the order of the stream. One call at a time. An empty list: stopped.
   */
  async next(max: number): Promise<Delivery[]> {
    if (max < 1) throw new RangeError('next() needs room for at least one message');
    if (this.wake) throw new Error('next() is still waiting: one call at a time');
    this.room = max;
    this.pull();
    while (this.buffer.length === 0 && !this.isStopped) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    if (this.isStopped) return [];
    const batch = this.buffer.splice(0, max);
    this.room -= batch.length;
    return batch;
  }

  /** Ends a waiting `next`, and has the server deliver again what was not handed over. What was, is the caller's. */
  async stop(): Promise<void> {
    if (this.mode === 'stopped') return;
    this.mode = 'stopped';
    clearInterval(this.watchdog);
    if (this.retryTimer) clearTimeout(this.retryTimer);
    if (this.probeTimer) clearTimeout(this.probeTimer);
    this.wake?.();
    if (this.connection.isClosed()) return;
    await drainSubscription(this.connection, this.subscription);
    for (const delivery of this.buffer.splice(0)) delivery.nak();
  }

  private get isStopped(): boolean {
    return this.mode === 'stopped';
  }

  private pull(): void {
    if (this.mode !== 'bound' || !this.connected || this.connection.isClosed()) return;
    const expected = this.buffer.length + this.outstanding;
    const missing = this.room - expected;
    // A request for every slot that becomes free would cost a message each; half the room is enough to keep busy.
    if (missing <= 0 || (this.outstanding > 0 && expected > this.room / 2)) return;
    if (this.outstanding === 0) {
      const now = Date.now();
      if (now - this.lastHeard > probeSilenceMs) this.confirmed = false;
      this.lastHeard = now;
    }
    const { expiresMs, heartbeatMs } = this.confirmed ? steady : probe;
    // Probes may all be answered late, and together.
    const batch = this.confirmed ? missing : 1;
    if (!this.confirmed) this.probeTimer ??= setTimeout(() => this.checkProbe(), probeSilenceMs);
    const id = this.pulls;
    this.pulls += 1;
    this.asked.set(id, batch);
    this.outstanding += batch;
    const request = `{"batch":${batch},"expires":${expiresMs}000000,"idle_heartbeat":${heartbeatMs}000000}`;
    this.connection.publish(this.pullSubject, request, { reply: `${this.inbox}.${id}` });
  }

  private received(message: Msg): void {
    this.lastHeard = Date.now();
    if (message.subject.startsWith(this.inbox)) {
      this.receivedStatus(message);
      return;
    }
    if (this.outstanding > 0) this.outstanding -= 1;
    if (this.outstanding === 0) this.asked.clear();
    let delivery = new Delivery(message, this.binding);
    if (delivery.consumerSequence <= this.lastConsumerSequence) {
      // Sequences began anew: the consumer was deleted and made again without our noticing.
      this.endBinding();
      delivery = new Delivery(message, this.binding);
    }
    this.lastConsumerSequence = delivery.consumerSequence;
    if (this.mode === 'stopped' || this.buffer.length >= this.room) {
      delivery.nak();
      return;
    }
    this.buffer.push(delivery);
    this.wake?.();
    this.heardOf();
  }

  private receivedStatus(message: Msg): void {
    const id = Number(message.subject.slice(this.inbox.length + 1));
    const code = message.headers?.code ?? 0;
    const description = message.headers?.description.toLowerCase() ?? '';
    if (code === 100) {
      this.heardOf();
      return;
    }
    if (code === 408) this.heardOf();
    const asked = this.asked.get(id);
    // Of a request that was given up already.
    if (asked === undefined) return;
    if (code === 503 || (code === 409 && endsBinding(description))) {
      if (description.includes('deleted')) this.endBinding();
      this.away(code === 503 ? 'it does not exist at the moment' : description);
      return;
    }
    this.asked.delete(id);
    const left = message.headers?.get('Nats-Pending-Messages');
    this.outstanding = Math.max(0, this.outstanding - (left ? Number(left) : asked));
    if (code === 404 || code === 408) this.pull();
    else this.away(`${code} ${description}`);
  }

  /** What was delivered until now must not be acknowledged any more. */
  private endBinding(): void {
    this.binding.deleted = true;
    this.binding = { deleted: false };
    this.lastConsumerSequence = 0;
    this.buffer.length = 0;
  }

  private away(reason: string): void {
    this.forgetRequests();
    if (this.mode === 'stopped') return;
    if (this.mode === 'bound' && this.retries === 0) {
      this.log?.warn({ stream: this.stream, consumer: this.consumer, reason }, 'NATS: consumer is away, waiting for it');
    }
    this.mode = 'away';
    const cap = Math.min(retryCapMs, firstRetryMs * 2 ** this.retries);
    this.retries += 1;
    this.retryTimer ??= setTimeout(
      () => {
        this.retryTimer = null;
        void this.bindAgain();
      },
      cap / 2 + (Math.random() * cap) / 2,
    );
  }

  private async bindAgain(): Promise<void> {
    await this.makeIt();
    if (this.mode === 'away') this.mode = 'bound';
    this.pull();
  }

  private async makeIt(): Promise<void> {
    await this.make?.().catch((error: unknown) => {
      this.log?.debug({ err: error, stream: this.stream, consumer: this.consumer }, 'NATS: consumer cannot be made yet');
    });
  }

  /** The consumer is there. */
  private heardOf(): void {
    if (this.retries > 0) {
      this.retries = 0;
      this.log?.info({ stream: this.stream, consumer: this.consumer }, 'NATS: consumer is back');
    }
    if (this.confirmed) return;
    this.confirmed = true;
    this.pull();
  }

  private forgetRequests(): void {
    this.confirmed = false;
    this.outstanding = 0;
    this.asked.clear();
  }

  private checkSilence(): void {
    if (this.outstanding === 0 || !this.connected || Date.now() - this.lastHeard < steadySilenceMs) return;
    this.forgetRequests();
    this.pull();
  }

  private checkProbe(): void {
    this.probeTimer = null;
    if (this.confirmed || this.mode !== 'bound') return;
    this.forgetRequests();
    void this.makeIt().then(() => this.pull());
  }
}

/** The consumer is gone or moves: every request to it is void. Others of code 409 concern one request. */
function endsBinding(description: string): boolean {
  return ['deleted', 'leadership change', 'server shutdown', 'push based'].some((text) => description.includes(text));
}
