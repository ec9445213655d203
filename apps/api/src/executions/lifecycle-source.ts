/** Where lifecycle events come in from. Not certain: what is missed while the connection is away does not come again. */
export abstract class LifecycleSource {
  /** Resolves when the server knows of it; the function it resolves to ends the subscription. */
  abstract subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void): Promise<() => void>;
}
