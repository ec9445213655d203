import type { ErrorShape, ExecutionStatus, Json, Priority, StepStatus } from '@jetsaga/contracts';

/** A list in the API; `next` is the cursor of the following page, null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Execution {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  readonly input: Json;
  readonly output?: Json;
  readonly error?: ErrorShape;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly parent?: { readonly executionId: string; readonly path: string };
  readonly startedBy: string;
  /** ISO 8601, like every time here. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt?: string;
  readonly durationMs?: number;
  /** What a PENDING execution waits for; told of a single one. */
  readonly waitingFor?: string;
}

export interface Attempt {
  readonly attempt: number;
  readonly status: StepStatus;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly data?: Json;
}

export interface Step {
  readonly path: string;
  readonly node: string;
  readonly handler: string;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly branch?: string;
  readonly config?: Json;
  readonly output?: Json;
  readonly error?: ErrorShape;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly worker?: string;
  readonly waitingFor?: string;
  readonly attempts?: readonly Attempt[];
}

export interface HistoryItem {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly path?: string;
  readonly attempt?: number;
  readonly by?: string;
  readonly data?: Json;
}

export interface Result {
  readonly status: ExecutionStatus;
  readonly output?: Json;
  readonly error?: ErrorShape;
}

/** Something that happened to an execution: `started`, `step.completed`, `failed`, … */
export interface ExecutionEvent {
  readonly name: string;
  /** History sequence; undefined for what history does not record (`step.progress`). */
  readonly seq: number | undefined;
  readonly time: string;
  readonly path: string | undefined;
  readonly attempt: number | undefined;
  /** What history says of it: the error, the delay before a retry. */
  readonly detail: Json | undefined;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

export interface Receipt {
  readonly key: string;
  /** Null after the check of a definition that is not there yet. */
  readonly version: number | null;
  readonly warnings: readonly Warning[];
}

export interface DefinitionHead {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly disabled: boolean;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface Definition extends DefinitionHead {
  readonly currentVersion: number;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  readonly definition: Json;
  readonly hash: string;
  readonly createdBy: string;
}

export interface EventReceipt {
  readonly id: string;
  readonly executions: readonly string[];
  readonly rejected: readonly {
    readonly workflow: string;
    readonly problems: readonly { readonly pointer: string; readonly message: string }[];
  }[];
}

export interface Handler {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly queue: string;
  readonly description: string;
  readonly branches: readonly string[];
  readonly configSchema: Json;
  readonly outputSchema?: Json;
  readonly available: boolean;
  readonly lastSeenAt: string;
}

export interface Worker {
  readonly name: string;
  readonly service: string;
  readonly queues: readonly string[];
  readonly handlers: readonly string[];
  readonly concurrency: number;
  readonly running: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export interface Queue {
  readonly name: string;
  /** Tasks in JetStream that nobody has taken. */
  readonly depth: number | null;
  /** Tasks in Postgres: beyond the window in JetStream, or held by a rate limit. */
  readonly backlog: number;
  readonly oldestAgeMs: number | null;
  readonly running: number | null;
  readonly workers: number;
  readonly concurrency: number;
}

export interface HealthPart {
  readonly status: 'ok' | 'down';
  readonly latencyMs: number;
  readonly active?: number;
  readonly reason?: string;
}

export interface Health {
  readonly status: 'ok' | 'down';
  readonly parts: Readonly<Record<'postgres' | 'nats' | 'coordinator' | 'workers', HealthPart>>;
}

/** A document of the ingestion service. */
export interface Document {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly error?: ErrorShape | null;
  readonly [field: string]: Json | ErrorShape | undefined;
}

/** An upload that was accepted. */
export interface Ingestion {
  readonly documentId: string;
  /** What works on it; null when no workflow listens to uploads. */
  readonly executionId: string | null;
  readonly uri: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** An older document with the same content. */
  readonly duplicateOf: string | null;
}

/** A passage that fits a question. */
export interface SearchHit {
  readonly chunkId: string;
  readonly document: { readonly id: string; readonly name: string; readonly uri: string; readonly mediaType: string | null };
  readonly title: string | null;
  readonly page: number;
  readonly lastPage: number;
  readonly position: number;
  /** Offsets into the document's text. */
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly vectorScore?: number;
  readonly textScore?: number;
  readonly text: string;
  readonly neighbours?: readonly { readonly position: number; readonly text: string }[];
}
