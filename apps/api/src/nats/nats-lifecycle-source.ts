import type { NatsConnection } from '@jetsaga/messaging';
import { LifecycleSource } from '../executions/lifecycle-source.ts';

/** Lifecycle events as core NATS delivers them. */
export class NatsLifecycleSource extends LifecycleSource {
  private readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    super();
    this.connection = connection;
  }

  subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void): () => void {
    const subscription = this.connection.subscribe(subject, {
      // An error is the end of the subscription: the connection was closed, and so is this process.
      callback: (error, message) => {
        if (!error) onMessage(message.subject, message.data);
      },
    });
    return () => subscription.unsubscribe();
  }
}
