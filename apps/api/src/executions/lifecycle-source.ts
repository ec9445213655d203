/** Where lifecycle events come in from. Not certain: what is missed while the connection is away does not come again. */
export abstract class LifecycleSource {
  /** The function returned ends the subscription. */
  abstract subscribe(subject: string, onMessage: (subject: string, body: Uint8Array) => void): () => void;
}
