import type { NatsConnection } from '@jetsaga/messaging';
import { NatsPulse } from '../health/nats-pulse.ts';

export class ConnectionPulse extends NatsPulse {
  private readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    super();
    this.connection = connection;
  }

  async beat(): Promise<void> {
    await this.connection.rtt();
  }
}
