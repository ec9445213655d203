import type { Json, JsonObject } from '@jetsaga/contracts';
import type { DurationText } from './definition-document.ts';
import type { ConditionOperator } from './plan.ts';

/** A trigger as it is written, once its shape was checked against trigger-schema.ts. */
export type TriggerDocument = EventTriggerDocument | EntityTriggerDocument | ScheduleTriggerDocument | WebhookTriggerDocument;

export interface EventTriggerDocument {
  readonly event: string;
  readonly filter?: string;
  readonly schema?: JsonObject | boolean;
  readonly input?: Json;
}

export const entityChanges = ['created', 'updated', 'deleted'] as const;
export type EntityChange = (typeof entityChanges)[number];

export interface EntityTriggerDocument extends Omit<EventTriggerDocument, 'event'> {
  readonly entity: string;
  /** All of them when absent. */
  readonly on?: readonly EntityChange[];
  readonly conditions?: readonly EntityConditionDocument[];
}

export interface EntityConditionDocument {
  readonly field: string;
  readonly operator: ConditionOperator;
  readonly value?: Json;
  readonly previousValue?: Json;
}

export const overlapPolicies = ['skip', 'allow', 'buffer_one', 'cancel_other'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];
export const catchUpPolicies = ['none', 'one', 'all'] as const;
export type CatchUpPolicy = (typeof catchUpPolicies)[number];

export interface ScheduleTriggerDocument {
  readonly schedule: string;
  readonly timezone?: string;
  readonly jitter?: DurationText;
  readonly overlap?: OverlapPolicy;
  readonly startAt?: string;
  readonly endAt?: string;
  readonly catchUp?: CatchUpPolicy;
  readonly input?: Json;
}

export const webhookSchemes = ['hmac', 'stripe', 'github'] as const;
export type WebhookScheme = (typeof webhookSchemes)[number];

export interface WebhookVerificationDocument {
  readonly type: WebhookScheme;
  readonly secret: string;
  readonly header?: string;
  readonly replayWindow?: DurationText;
}

export interface WebhookTriggerDocument extends Omit<EventTriggerDocument, 'event'> {
  readonly webhook: string;
  /** A text is `none`: whatever else it may be was refused. */
  readonly verify?: string | WebhookVerificationDocument;
  readonly idempotencyHeader?: string;
}

/** The fields that tell the kinds apart. */
export type TriggerKind = 'event' | 'entity' | 'schedule' | 'webhook';

export function triggerKind(trigger: object): TriggerKind {
  if ('schedule' in trigger) return 'schedule';
  if ('webhook' in trigger) return 'webhook';
  return 'entity' in trigger ? 'entity' : 'event';
}
