import type { Actor, CommandBody } from './command.ts';
import type { ErrorShape } from './error-shape.ts';
import type { RetryPolicy } from './handler.ts';
import type { Json } from './json.ts';
import type { ExecutionStatus, StepStatus } from './states.ts';
import type { LifecycleEvent } from './lifecycle.ts';

/*
 * Rows of the schema `saga` as the processes exchange them. Records are immutable: a change makes a new one.
 * All times are epoch milliseconds.
 */

/** Format of the rows below; a reader refuses a row of a later format. */
export const ROW_FORMAT = 1;

export type Priority = 'high' | 'normal' | 'low';

/** Where an execution that winds down is heading. */
export interface Ending {
  readonly status: 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
  readonly error: ErrorShape;
  readonly compensate: boolean;
}

export interface ExecutionRecord {
  readonly id: string;
  /** Key of the definition. */
  readonly workflow: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly input: Json;
  readonly output?: Json;
  readonly error?: ErrorShape;
  /** Set from the moment the execution is bound to end otherwise than COMPLETED, until it has. */
  readonly ending: Ending | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly parent: { readonly executionId: string; readonly path: string } | null;
  /** How many workflows started each other, through events or as children, to get here. */
  readonly depth: number;
  readonly startedBy: Actor;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Sequence of the newest history entry. */
  readonly historySeq: number;
  readonly traceparent: string | null;
}

export interface StepRecord {
  readonly executionId: string;
  /** `''` at the root; see step-path.ts. */
  readonly scope: string;
  readonly node: string;
  readonly status: StepStatus;
  readonly handler: string;
  /** Null for control nodes. */
  readonly queue: string | null;
  /** Counts from 1 and never restarts. 0: never tried. */
  readonly attempt: number;
  /** Part of the idempotency key: grows after a definite failure only. */
  readonly generation: number;
  /** How often this attempt's task was sent; 0 while it is held back. */
  readonly dispatch: number;
  readonly config?: Json;
  readonly output?: Json;
  readonly branch: string | null;
  readonly error?: ErrorShape;
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly worker: string | null;
  /** What a WAITING or RETRYING step waits for, in words; a QUEUED one, when it is something else than a worker. */
  readonly waitingFor: string | null;
  /** History sequence at which it settled; compensation runs in its reverse order. */
  readonly settledSeq: number | null;
}

export const timerKinds = ['retry', 'delay', 'queue_timeout', 'deadline', 'wait_timeout', 'execution_timeout'] as const;
export type TimerKind = (typeof timerKinds)[number];

/** One timer per step and kind; `scope` and `node` are `''` for a timer of the execution itself. */
export interface TimerKey {
  readonly executionId: string;
  readonly scope: string;
  readonly node: string;
  readonly kind: TimerKind;
}

export interface TimerRecord extends TimerKey {
  readonly attempt: number;
  readonly dueAt: number;
}

/** `execution.*`, `step.*` or `command.*`. */
export type HistoryType =
  | `execution.${'queued' | 'started' | 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'failing'}`
  | `step.${
      | 'queued'
      | 'released'
      | 'running'
      | 'completed'
      | 'failed'
      | 'retrying'
      | 'waiting'
      | 'skipped'
      | 'cancelled'
      | 'redispatched'
      | 'compensating'
      | 'compensated'
      | 'compensation_failed'}`
  | `command.${CommandBody['kind']}`;

export interface HistoryEntry {
  readonly seq: number;
  readonly at: number;
  readonly type: HistoryType;
  readonly path?: string;
  readonly attempt?: number;
  readonly by?: Actor;
  /** Why, in words or figures: the join that was met, the delay before a retry, the error. */
  readonly data?: Json;
}

/** All entries one transaction adds to one execution. */
export interface HistoryChunk {
  readonly executionId: string;
  readonly entries: readonly HistoryEntry[];
}

export interface DispatchRef {
  readonly executionId: string;
  readonly scope: string;
  readonly node: string;
  readonly attempt: number;
  readonly dispatch: number;
}

/** A task that is still open a while after it was sent, and where its message is. */
export interface DispatchRecord extends DispatchRef {
  readonly queue: string;
  /** The stream's creation time, as the server reports it; null while unknown. */
  readonly streamCreated: string | null;
  readonly sequence: number | null;
  readonly dispatchedAt: number;
}

export interface OutboxMessage {
  readonly subject: string;
  /** `Nats-Msg-Id`. */
  readonly id: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What one commit must cause. It is removed when every message was acknowledged and every task has either settled or
 * is on record as a DispatchRecord; one that is left behind by a dead process is taken over.
 */
export interface OutboxBatch {
  readonly id: string;
  readonly createdAt: number;
  readonly tasks: readonly DispatchRef[];
  readonly messages: readonly OutboxMessage[];
}

/** A start happens once per workflow and key. `kind` keeps clients' keys and events apart. */
export interface StartKey {
  readonly workflow: string;
  readonly kind: 'key' | 'event';
  readonly key: string;
  readonly executionId: string;
  /** SHA-256 of the canonical input; a second start with other input is a conflict. */
  readonly inputHash: string;
  readonly at: number;
}

export interface StoredDefinition {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  /** As it was applied. */
  readonly source: string;
  readonly format: 'yaml' | 'json';
  /** Parsed form of `source`. */
  readonly document: Json;
  /** SHA-256 of the canonical document. */
  readonly hash: string;
  /** What the handlers it uses declared when it was applied. */
  readonly handlers: Readonly<Record<string, HandlerFacts>>;
  readonly createdAt: number;
  readonly createdBy: Actor;
}

/** What the plan needs to know of a handler. */
export interface HandlerFacts {
  readonly queue: string;
  readonly branches: readonly string[];
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
}

export interface LifecycleNotice {
  readonly event: LifecycleEvent;
  readonly executionId: string;
  readonly workflow: string;
  readonly version: number;
  readonly at: number;
  readonly historySeq: number;
  readonly path?: string;
  readonly attempt?: number;
  readonly data?: Json;
}
