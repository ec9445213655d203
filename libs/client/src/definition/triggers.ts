import type { ConditionOperator } from './control-configs.ts';
import type { Duration, JsonSchema, Template } from './template.ts';

/** What every trigger that answers an event may say of it. */
interface OfEvents {
  /** CEL over `event`. */
  readonly filter?: string;
  /** Of the event's data. */
  readonly schema?: JsonSchema;
  /** Template of the input over `event`. */
  readonly input?: Template;
}

export interface EventTrigger extends OfEvents {
  /** Subject pattern after `events.`; `*` and `>` as in NATS. */
  readonly event: string;
}

export interface EntityTrigger extends OfEvents {
  readonly entity: string;
  readonly on?: readonly ('created' | 'updated' | 'deleted')[];
  readonly conditions?: readonly {
    readonly field: string;
    readonly operator: ConditionOperator;
    readonly value?: Template;
    readonly previousValue?: Template;
  }[];
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

export interface WebhookTrigger extends OfEvents {
  /** The slug in the address. */
  readonly webhook: string;
  readonly verify?:
    | 'none'
    | {
        readonly type: 'hmac' | 'stripe' | 'github';
        readonly secret: string;
        readonly header?: string;
        readonly replayWindow?: Duration;
      };
  readonly idempotencyHeader?: string;
}

export type Trigger = EventTrigger | EntityTrigger | ScheduleTrigger | WebhookTrigger;
