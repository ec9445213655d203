import type { Clock, OutboxMessage } from '@jetsaga/contracts';

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** Beyond this many the memory copies are let go: the outbox rows have them, and another round will find them. */
const mostWaiting = 10_000;

/**
 * Messages that could not be sent, by outbox batch, sent again together after a pause that grows while it does not work.
 *
 * Modes: idle (nothing waits) → pausing → sending → idle or pausing; stopped.
 */
export class MessageRetries {
  private waiting = new Map<string, readonly OutboxMessage[]>();
  private count = 0;
  private pauseMs = firstPauseMs;
  private cancelPause: (() => void) | null = null;
  private stopped = false;
  private readonly clock: Clock;
  private readonly send: (
    batches: ReadonlyMap<string, readonly OutboxMessage[]>,
  ) => Promise<ReadonlyMap<string, readonly OutboxMessage[]>>;
  private readonly abandon: (outboxId: string) => void;

  /** `send` resolves to what could still not be sent; `abandon` is told of batches that are left to their rows. */
  constructor(clock: Clock, send: MessageRetries['send'], abandon: (outboxId: string) => void) {
    this.clock = clock;
    this.send = send;
    this.abandon = abandon;
  }

  add(outboxId: string, messages: readonly OutboxMessage[]): void {
    if (this.stopped || this.count + messages.length > mostWaiting) {
      this.abandon(outboxId);
      return;
    }
    this.waiting.set(outboxId, messages);
    this.count += messages.length;
    this.cancelPause ??= this.clock.after(this.pauseMs, () => void this.flush());
  }

  stop(): void {
    this.stopped = true;
    this.cancelPause?.();
  }

  private async flush(): Promise<void> {
    const batches = this.waiting;
    this.waiting = new Map();
    this.count = 0;
    this.cancelPause = null;
    const unsent = await this.send(batches);
    this.pauseMs = unsent.size === 0 ? firstPauseMs : Math.min(this.pauseMs * 2, longestPauseMs);
    for (const [outboxId, messages] of unsent) this.add(outboxId, messages);
  }
}
