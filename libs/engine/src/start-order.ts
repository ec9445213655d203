import type { Actor, ErrorShape, ExecutionRecord, Json, Priority } from '@jetsaga/contracts';

/** A wish to start one execution. */
export interface StartOrder {
  readonly workflow: string;
  /** The current version when absent. */
  readonly version?: number;
  readonly input: Json;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: Priority;
  readonly by: Actor;
  /** A second start with the same key gives the first execution. `event`: `<source>#<id>` of the event. */
  readonly key?: { readonly kind: 'key' | 'event'; readonly value: string };
  /** Starts this PENDING execution instead of making a new one (the older engine's submit and trigger). */
  readonly pendingId?: string;
  /** Only stores the execution, PENDING, for a later order with its `pendingId`. */
  readonly hold?: boolean;
  /** With `pendingId`: it waits for a slot of the group with this key, and starts as it was accepted if one is free now. */
  readonly queued?: { readonly key: string };
  readonly parent?: ExecutionRecord['parent'];
  readonly depth?: number;
  readonly traceparent?: string | null;
}

export type StartOutcome =
  | { readonly kind: 'started'; readonly executionId: string; readonly version: number; readonly execution: ExecutionRecord }
  /** The key was known, with the same input. */
  | { readonly kind: 'known'; readonly executionId: string }
  /** The key was known, with another input. */
  | { readonly kind: 'conflict'; readonly executionId: string }
  | { readonly kind: 'unknown_workflow' }
  | { readonly kind: 'unknown_version' }
  | { readonly kind: 'disabled' }
  /** As many as may run at a time do, and the definition rejects what comes beyond. */
  | { readonly kind: 'no_slot'; readonly limit: number; readonly key: string }
  /** The named execution is not PENDING, does not exist, or has to go on waiting. */
  | { readonly kind: 'not_pending' }
  | { readonly kind: 'invalid'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] }
  | { readonly kind: 'failed'; readonly error: ErrorShape };
