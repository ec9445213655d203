import { limits } from '@jetsaga/contracts';
import { inSpan, withTraceparent, type Logger } from '@jetsaga/telemetry';
import type { BatchConsumer } from '../consume/batch-consumer.ts';
import type { Delivery } from '../consume/delivery.ts';
import { openDelivery } from '../consume/open-delivery.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';

export interface EventBindingOptions {
  readonly consumer: BatchConsumer;
  readonly deadLetters: DeadLetters;
  readonly concurrency: number;
  readonly maxDeliveries?: number;
  readonly log?: Logger;
  decode(delivery: Delivery): unknown;
  /** Resolves when the message has been handled for good. */
  handle(value: unknown, delivery: Delivery): Promise<unknown>;
}

/** Well inside `ack_wait`. */
const workingEveryMs = 10_000;
const firstRetryMs = 1_000;
const retryCapMs = 60_000;

/**
 * Hands the messages of a durable consumer to a handler: acknowledged after success, tried again later after an error, put
 * into the dead letters when unreadable or after `maxDeliveries` tries.
 *
 * Modes: running (from the start) → stopped (`stop`: takes no more, resolves when those in hand are done).
 */
export class EventBinding {
  private readonly options: EventBindingOptions;
  private readonly maxDeliveries: number;
  private readonly inHand = new Set<Promise<void>>();
  private readonly loop: Promise<void>;

  constructor(options: EventBindingOptions) {
    this.options = options;
    this.maxDeliveries = options.maxDeliveries ?? limits.maxDeliveries;
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    await this.options.consumer.stop();
    await this.loop;
    await Promise.all(this.inHand);
  }

  private async run(): Promise<void> {
    const { consumer, concurrency } = this.options;
    for (;;) {
      if (this.inHand.size >= concurrency) {
        await Promise.race(this.inHand);
        continue;
      }
      const batch = await consumer.next(concurrency - this.inHand.size);
      if (batch.length === 0) return;
      for (const delivery of batch) {
        const work = this.take(delivery).finally(() => this.inHand.delete(work));
        this.inHand.add(work);
      }
    }
  }

  /** Does not reject. */
  private async take(delivery: Delivery): Promise<void> {
    const { deadLetters, decode, handle, log } = this.options;
    const opened = openDelivery(delivery, decode, this.maxDeliveries);
    if (opened.kind === 'poison') {
      await deadLetters.bury(delivery, opened.reason);
      return;
    }
    const keepAlive = setInterval(() => delivery.working(), workingEveryMs);
    try {
      await withTraceparent(delivery.traceparent, () =>
        inSpan(delivery.subject, { kind: 'consumer' }, () => handle(opened.value, delivery)),
      );
      delivery.ack();
    } catch (error) {
      const last = delivery.deliveryCount >= this.maxDeliveries;
      log?.warn({ err: error, subject: delivery.subject, delivery: delivery.deliveryCount, last }, 'event handler failed');
      if (last) await deadLetters.bury(delivery, error instanceof Error ? error.message : String(error));
      else delivery.nak(pauseBefore(delivery.deliveryCount + 1));
    } finally {
      clearInterval(keepAlive);
    }
  }
}

function pauseBefore(delivery: number): number {
  const cap = Math.min(retryCapMs, firstRetryMs * 2 ** (delivery - 2));
  return cap / 2 + (Math.random() * cap) / 2;
}
