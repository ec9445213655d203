import { followConnection, type NatsConnection } from '@jetsaga/messaging';
import { LifecycleSource, type LifecycleListener } from '../executions/lifecycle-source.ts';

const knownWithinMs = 1_000;

/** Lifecycle events as core NATS delivers them. */
export class NatsLifecycleSource extends LifecycleSource {
  private readonly connection: NatsConnection;
  private readonly listeners = new Set<LifecycleListener>();

  constructor(connection: NatsConnection) {
    super();
    this.connection = connection;
    followConnection(connection, {
      reconnected: () => {
        for (const listener of this.listeners) listener.gap();
      },
    });
  }

  async subscribe(subject: string, listener: LifecycleListener): Promise<() => void> {
    const subscription = this.connection.subscribe(subject, {
      // An error is the end of the subscription: the connection was closed, and so is this process.
      callback: (error, message) => {
        if (!error) listener.message(message.subject, message.data);
      },
    });
    this.listeners.add(listener);
    await this.known();
    return () => {
      this.listeners.delete(listener);
      subscription.unsubscribe();
    };
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
