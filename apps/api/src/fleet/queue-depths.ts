export interface QueueDepth {
  readonly waiting: number;
  readonly running: number;
}

/** Asks JetStream how deep a queue's consumer is. */
export abstract class QueueDepths {
  /** Undefined while that cannot be told: the stream or the consumer is away, or was never made. */
  abstract of(queue: string): Promise<QueueDepth | undefined>;
}
