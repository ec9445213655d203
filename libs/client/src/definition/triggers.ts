import type { Duration } from './node-fields.ts';
import type { Template } from './template.ts';
import type { JsonSchema } from './workflow.ts';

export interface EventTrigger {
  /** Subject pattern after `events.`; `*` and `>` as in NATS. */
  readonly event: string;
  readonly filter?: string;
  readonly schema?: JsonSchema;
  readonly input?: Template;
}

export interface EntityTrigger {
  readonly entity: string;
  readonly on: readonly ('created' | 'updated' | 'deleted')[];
  readonly conditions?: readonly {
    readonly field: string;
    readonly operator: string;
    readonly value?: Template;
    readonly previousValue?: Template;
  }[];
  readonly input?: Template;
}

export interface ScheduleTrigger {
  /** Cron, seconds optional. */
  readonly schedule: string;
  readonly timezone?: string;
  readonly jitter?: Duration;
  readonly overlap?: 'skip' | 'allow' | 'buffer_one' | 'cancel_other';
  readonly startAt?: string;
  readonly endAt?: string;
  readonly catchUp?: 'none' | 'one' | 'all';
  readonly input?: Template;
}

export interface WebhookTrigger {
  /** The slug in the address. */
  readonly webhook: string;
  readonly verify?: 'none' | 'hmac' | 'stripe' | 'github' | { readonly [field: string]: Template };
  readonly filter?: string;
  readonly schema?: JsonSchema;
  readonly input?: Template;
  readonly idempotencyHeader?: string;
}

export type Trigger = EventTrigger | EntityTrigger | ScheduleTrigger | WebhookTrigger;
