/** Whether the NATS server answers. */
export abstract class NatsPulse {
  /** Resolves when it does; rejects when there is no connection. */
  abstract beat(): Promise<void>;
}
