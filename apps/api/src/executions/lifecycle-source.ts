export interface LifecycleListener {
  message(subject: string, body: Uint8Array): void;
  /** The connection was away: messages may have been missed, and do not come again. */
  gap(): void;
}

/** Where lifecycle events come in from. Not certain: what is missed while the connection is away does not come again. */
export abstract class LifecycleSource {
  /** Resolves when the server knows of it; the function it resolves to ends the subscription. */
  abstract subscribe(subject: string, listener: LifecycleListener): Promise<() => void>;
}
