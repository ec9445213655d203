import type { Json, JsonObject } from '@jetsaga/contracts';
import type { Join } from './plan.ts';

/** A definition as it is written, once its shape was checked against definition-schema.ts. */
export interface DefinitionDocument {
  readonly name: string;
  readonly key?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly input?: JsonObject | boolean;
  readonly output?: Json;
  readonly triggers?: readonly TriggerDocument[];
  readonly timeout?: DurationText;
  readonly concurrency?: ConcurrencyDocument;
  readonly idempotencyKey?: string;
  readonly lifecycle?: 'all' | 'executions';
  readonly priority?: 'high' | 'normal' | 'low';
  readonly defaults?: { readonly retry?: RetryDocument; readonly timeout?: DurationText; readonly queue?: string };
  readonly retention?: DurationText;
  readonly dag: { readonly nodes: readonly NodeDocument[] };
}

export interface ConcurrencyDocument {
  readonly key?: string;
  readonly limit: number;
  readonly onConflict?: 'queue' | 'reject' | 'replace';
}

export interface RateLimitDocument {
  readonly key?: string;
  readonly limit: number;
  readonly per: DurationText;
}

export type DurationText = string | number;

export interface RetryDocument {
  readonly retries?: number;
  readonly initialDelay?: DurationText;
  readonly maxDelay?: DurationText;
  readonly factor?: number;
  readonly jitter?: boolean;
  readonly nonRetryable?: readonly string[];
}

export interface NodeDocument {
  readonly id: string;
  readonly handler: string;
  readonly dependencies?: readonly DependencyDocument[] | null;
  readonly join?: Join;
  readonly when?: string;
  readonly config?: Json;
  readonly output?: Json;
  readonly retry?: RetryDocument;
  readonly timeout?: DurationText;
  readonly queueTimeout?: DurationText;
  readonly deadline?: DurationText;
  readonly queue?: string;
  readonly rateLimit?: RateLimitDocument;
  readonly onError?: 'fail' | 'continue';
}

export type DependencyDocument = string | { readonly node: string; readonly on?: BranchText | readonly BranchText[] };

/** YAML's `on: true` is the branch `"true"`. */
export type BranchText = string | boolean | number;

export interface TriggerDocument {
  readonly event: string;
  readonly filter?: string;
  readonly schema?: JsonObject | boolean;
  readonly input?: Json;
}
