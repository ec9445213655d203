import type { NatsConnection } from '@nats-io/transport-node';

export interface ConnectionFollower {
  /** What was written and not answered yet may be lost. */
  disconnected?(): void;
  reconnected?(): void;
  failed?(error: Error): void;
}

/** Tells the follower what happens to the connection, until the connection is closed. */
export function followConnection(connection: NatsConnection, follower: ConnectionFollower): void {
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') follower.disconnected?.();
      else if (status.type === 'reconnect') follower.reconnected?.();
      else if (status.type === 'error') follower.failed?.(status.error);
    }
  })();
}
