import type { Actor, ErrorShape, ExecutionRecord, Json, Priority } from '@jetsaga/contracts';
import type { Beginning } from '@jetsaga/workflow';

/** A wish to start one execution. */
export interface StartOrder {
  readonly workflow: string;
  /** The current version when absent. */
  readonly version?: number;
  readonly input: Json;
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: Priority;
  readonly by: Actor;
  /** A second start with the same key gives the first execution. `event`: `<source>#<id>` of the event; `schedule`:
   * `<id>@<due time>`; `child`: the parent's step. */
  readonly key?: { readonly kind: 'key' | 'event' | 'schedule' | 'child'; readonly value: string };
  /** Starts this PENDING execution instead of making a new one (the older engine's submit and trigger). */
  readonly pendingId?: string;
  /** Only stores the execution, PENDING, for a later order with its `pendingId`. */
  readonly hold?: boolean;
  readonly parent?: ExecutionRecord['parent'];
  readonly depth?: number;
  /** Where it begins, when not at the beginning. A rerun is no second start: the definition's own idempotency key does not hold it back. */
  readonly beginning?: Beginning;
  /** Of a rerun: the input is the earlier execution's, as it is stored. */
  readonly inputKept?: boolean;
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
  /** The definition has no such node to begin at. */
  | { readonly kind: 'unknown_node'; readonly node: string }
  /** The named execution is not PENDING, or does not exist. */
  | { readonly kind: 'not_pending' }
  | { readonly kind: 'invalid'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] }
  | { readonly kind: 'failed'; readonly error: ErrorShape };
