import type { NatsConnection } from '@jetsaga/messaging';
import { LifecycleSource } from '../executions/lifecycle-source.ts';

const knownWithinMs = 1_000;

/** Lifecycle events as core NATS delivers them. */
export class NatsLifecycleSource extends LifecycleSource {
  private readonly connection: NatsConnection;

  constructor(connection: NatsConnection) {
    super();
    this.connection = connection;
  }

  async subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void): Promise<() => void> {
    const subscription = this.connection.subscribe(subject, {
      // An error is the end of the subscription: the connection was closed, and so is this process.
      callback: (error, message) => {
        if (!error) onMessage(message.subject, message.data);
      },
    });
    await this.known();
    return () => subscription.unsubscribe();
  }

  /** While the connection is away there is nothing to wait for: it is made known as soon as there is one again. */
  private async known(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, knownWithinMs);
    });
    await Promise.race([this.connection.flush().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}
