import type { Json } from '@jetsaga/contracts';
import type { IgnoredReason, SagaEvent } from '@jetsaga/workflow';

/* What a test sees of an execution besides its steps. */

export interface EmittedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Json;
  readonly subject?: string;
  /** ISO 8601, in virtual time. */
  readonly time: string;
}

export interface HandlerCall {
  readonly handler: string;
  readonly path: string;
  readonly attempt: number;
  readonly config: Json;
  /** ISO 8601, in virtual time. */
  readonly time: string;
}

/** What `send_signal` sent. A workflow with labels stands for one execution of its key. */
export interface SentSignal {
  readonly to: readonly string[];
  readonly name: string;
  readonly payload: Json;
  readonly time: string;
}

/** What came too late, twice or for nothing, and why it changed nothing. */
export interface Ignored {
  readonly what: SagaEvent['kind'];
  readonly reason: IgnoredReason;
}
