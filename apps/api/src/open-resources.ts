import { randomUUID } from 'node:crypto';
import { systemClock, systemRandom, startStartingEngine } from '@jetsaga/engine';
import { connectNats, natsFilesFromEnvironment, NatsBus, ServiceClient } from '@jetsaga/messaging';
import { connectionOptions, openSagaDataSource, PgSagaStore, plainPayloads } from '@jetsaga/persistence';
import { whenPostgresAnswers } from '@jetsaga/service';
import { BlobClaimChecks, openBlobStore } from '@jetsaga/storage';
import { createMetrics, type Logger } from '@jetsaga/telemetry';
import { environmentSecrets, type SecretProvider } from '@jetsaga/worker';
import { Pool } from 'pg';
import type { ShippedDefinition } from './definitions/shipped-definitions.ts';
import { BlobUploads } from './documents/blob-uploads.ts';
import { engineObserver } from './engine-observer.ts';
import type { AccessMode } from './http/access.ts';
import { ConnectionPulse } from './nats/connection-pulse.ts';
import { JetStreamQueueDepths } from './nats/jetstream-queue-depths.ts';
import { NatsLifecycleSource } from './nats/nats-lifecycle-source.ts';
import type { ApiResources } from './resources.ts';

export interface ResourceOptions {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly storageUrl: string;
  readonly s3Endpoint?: string;
  readonly access: AccessMode;
  readonly log: Logger;
  readonly shipped?: readonly ShippedDefinition[];
  /** Default: environment variables JETSAGA_SECRET_<NAME>. */
  readonly secrets?: SecretProvider;
  /** Connections for what is read; starts have one of their own. */
  readonly poolSize?: number;
}

export interface OpenedResources {
  readonly resources: ApiResources;
  /** Resolves when everything accepted is committed, sent or left to the outbox, and every connection is closed. */
  close(): Promise<void>;
}

/** What a NATS server takes unless it is told otherwise. */
const smallestMaxPayload = 1024 * 1024;
/** Headers count as well. */
const headerBytes = 4 * 1024;

/** Opens everything the API works with, and brings the schema `saga` up to date. */
export async function openResources(options: ResourceOptions): Promise<OpenedResources> {
  const applicationName = `jetsaga-api-${randomUUID().slice(0, 8)}`;
  const { databaseUrl: url, log } = options;
  const dataSource = await whenPostgresAnswers(() => openSagaDataSource({ url, applicationName, poolSize: 1 }), log);
  await dataSource.destroy();
  const blobs = await openBlobStore(options.storageUrl, { s3Endpoint: options.s3Endpoint });
  const connection = await connectNats({
    url: options.natsUrl,
    name: applicationName,
    log,
    waitOnFirstConnect: true,
    ...natsFilesFromEnvironment(),
  });
  const bus = await NatsBus.create(connection);
  const store = new PgSagaStore({ url, applicationName, now: () => systemClock.now(), codec: plainPayloads });
  const pool = new Pool({
    ...connectionOptions(url),
    application_name: `${applicationName}-reads`,
    max: options.poolSize ?? 8,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'Postgres: an idle connection was lost'));
  const metrics = createMetrics({ service: 'api', processMetrics: true });
  const claimChecks = new BlobClaimChecks(blobs);
  const engine = await startStartingEngine({
    store,
    bus,
    clock: systemClock,
    random: systemRandom,
    claimChecks,
    observer: engineObserver(metrics, log),
  });
  return {
    resources: {
      pool,
      payloads: plainPayloads,
      engine,
      lifecycle: new NatsLifecycleSource(connection),
      queueDepths: new JetStreamQueueDepths(connection),
      natsPulse: new ConnectionPulse(connection),
      services: new ServiceClient(connection),
      uploads: new BlobUploads(blobs),
      metrics,
      log,
      access: options.access,
      maxMessageBytes: (connection.info?.max_payload ?? smallestMaxPayload) - headerBytes,
      secrets: options.secrets ?? environmentSecrets(),
      shipped: options.shipped ?? [],
    },
    close: async () => {
      await engine.stop();
      bus.close();
      await Promise.all([connection.close(), pool.end(), store.close(), blobs.close()]);
    },
  };
}
