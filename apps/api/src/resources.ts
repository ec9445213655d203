import type { StartingEngine } from '@jetsaga/engine';
import type { ServiceClient } from '@jetsaga/messaging';
import type { PayloadCodec } from '@jetsaga/persistence';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import type { SecretProvider } from '@jetsaga/worker';
import type { Pool } from 'pg';
import type { ShippedDefinition } from './definitions/shipped-definitions.ts';
import type { AccessMode } from './http/access.ts';
import type { LifecycleSource } from './executions/lifecycle-source.ts';
import type { QueueDepths } from './fleet/queue-depths.ts';
import type { NatsPulse } from './health/nats-pulse.ts';
import type { Uploads } from './documents/uploads.ts';

/** Names under which Nest injects what is not a class of ours. */
export const POOL = Symbol('pg pool');
export const PAYLOADS = Symbol('payload codec');
export const ENGINE = Symbol('starting engine');
export const METRICS = Symbol('metrics');
export const LOG = Symbol('log');
export const MAX_MESSAGE_BYTES = Symbol('largest message that NATS takes');
export const SECRETS = Symbol('secrets');
export const SHIPPED = Symbol('shipped definitions');

/** What the API works with, opened before it and closed after it. */
export interface ApiResources {
  readonly pool: Pool;
  readonly payloads: PayloadCodec;
  readonly engine: StartingEngine;
  readonly lifecycle: LifecycleSource;
  readonly queueDepths: QueueDepths;
  readonly natsPulse: NatsPulse;
  readonly services: ServiceClient;
  readonly uploads: Uploads;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly access: AccessMode;
  readonly maxMessageBytes: number;
  /** What webhooks are verified with. */
  readonly secrets: SecretProvider;
  readonly shipped: readonly ShippedDefinition[];
}
