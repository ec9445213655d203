import { streams } from '@jetsaga/contracts';
import type { NatsConnection } from '@jetsaga/messaging';
import { QueueDepths, type QueueDepth } from '../fleet/queue-depths.ts';

const askMs = 1_000;

/** Asks the server for the queue's durable consumer, which is named like it. Source: ADR-1 of NATS, `$JS.API.CONSUMER.INFO`. */
export class JetStreamQueueDepths extends QueueDepths {
  private readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    super();
    this.connection = connection;
  }

  async of(queue: string): Promise<QueueDepth | undefined> {
    try {
      const answer = await this.connection.request(`$JS.API.CONSUMER.INFO.${streams.tasks}.${queue}`, '', { timeout: askMs });
      const info = answer.json<{ num_pending?: number; num_ack_pending?: number }>();
      if (info.num_pending === undefined || info.num_ack_pending === undefined) return undefined;
      return { waiting: info.num_pending, running: info.num_ack_pending };
    } catch {
      // Nobody answers while JetStream is away; what cannot be told is left out rather than guessed.
      return undefined;
    }
  }
}
