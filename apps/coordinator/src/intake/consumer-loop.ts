import { setTimeout as pause } from 'node:timers/promises';
import type { InputOutcome } from '@jetsaga/engine';
import { openDelivery, type BatchConsumer, type DeadLetters, type Delivery } from '@jetsaga/messaging';
import type { Logger } from '@jetsaga/telemetry';

const batchSize = 512;
const mostWaiting = 2_048;
const keepAliveMs = 10_000;
const handBackDelayMs = 500;
const firstPauseMs = 200;
const longestPauseMs = 5_000;

export interface ConsumerLoopParts<T> {
  readonly consumer: BatchConsumer;
  readonly deadLetters: DeadLetters;
  readonly log: Logger;
  /** Throws for what cannot be read, and never will be. */
  readonly decode: (delivery: Delivery) => T;
  readonly handle: (message: T, delivery: Delivery) => Promise<InputOutcome>;
}

/**
 * Takes messages from a durable consumer, as many as arrive, and acknowledges each when it has been dealt with. What cannot be
 * dealt with at the moment is kept alive and tried again here: an outage uses up no deliveries. What cannot be read, is poison,
 * or was delivered too often goes to the dead letters.
 *
 * Modes: running → stopping (`stop`: takes no more, deals with what it has) → stopped.
 */
export class ConsumerLoop<T> {
  private readonly waiting = new Set<Delivery>();
  private readonly keepAlive: NodeJS.Timeout;
  private readonly finished: Promise<void>;
  private room: (() => void) | null = null;
  private idle: (() => void) | null = null;
  private readonly stopping = new AbortController();
  private readonly parts: ConsumerLoopParts<T>;

  constructor(parts: ConsumerLoopParts<T>) {
    this.parts = parts;
    this.keepAlive = setInterval(() => this.waiting.forEach((delivery) => delivery.working()), keepAliveMs);
    this.finished = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.parts.consumer.stop();
    this.room?.();
    await this.finished;
    if (this.waiting.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    clearInterval(this.keepAlive);
  }

  private async run(): Promise<void> {
    for (;;) {
      const deliveries = await this.parts.consumer.next(batchSize);
      if (deliveries.length === 0) return;
      for (const delivery of deliveries) {
        this.waiting.add(delivery);
        void this.deal(delivery).finally(() => this.done(delivery));
      }
      if (this.waiting.size >= mostWaiting) await new Promise<void>((resolve) => (this.room = resolve));
    }
  }

  private done(delivery: Delivery): void {
    this.waiting.delete(delivery);
    if (this.waiting.size < mostWaiting) this.room?.();
    if (this.waiting.size === 0) this.idle?.();
  }

  private async deal(delivery: Delivery): Promise<void> {
    const { decode, handle, deadLetters, log } = this.parts;
    const opened = openDelivery(delivery, decode);
    if (opened.kind === 'poison') {
      await deadLetters.bury(delivery, opened.reason);
      return;
    }
    try {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const outcome = await handle(opened.value, delivery);
        if (outcome.kind === 'unavailable' && !this.stopping.signal.aborted) {
          await pause(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
          continue;
        }
        if (outcome.kind === 'unavailable') delivery.nak(handBackDelayMs);
        else if (outcome.kind === 'poison') await deadLetters.bury(delivery, `it cannot be processed: ${String(outcome.error)}`);
        else delivery.ack();
        return;
      }
    } catch (error) {
      log.error({ err: error, subject: delivery.subject }, 'a message was not dealt with; it comes again');
      delivery.nak(handBackDelayMs);
    }
  }
}
