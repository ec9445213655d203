import { randomUUID } from 'node:crypto';
import { consumers, queueGroups, streams, subjects, type ClaimChecks } from '@jetsaga/contracts';
import { startCoordinatingEngine, systemClock, systemRandom } from '@jetsaga/engine';
import {
  BatchConsumer,
  DeadLetters,
  decodeEvent,
  NatsBus,
  PipelinedPublisher,
  serveRequests,
  type NatsConnection,
} from '@jetsaga/messaging';
import { openSagaDataSource, PgSagaStore, WorkerRegistry } from '@jetsaga/persistence';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import { engineObserver } from './engine-observer.ts';
import { AnnouncementsListener } from './intake/announcements.listener.ts';
import { ConsumerLoop } from './intake/consumer-loop.ts';
import { handleEvent } from './intake/event-messages.ts';
import { listenToResults } from './intake/results.listener.ts';
import { ResultsRota } from './intake/results-rota.ts';
import { decodeSagaMessage, handleSagaMessage } from './intake/saga-messages.ts';
import { listenToTaskStarts } from './intake/task-starts.listener.ts';
import { queueDepthMetric } from './queue-depth-metric.ts';

export interface CoordinatorParts {
  readonly connection: NatsConnection;
  readonly databaseUrl: string;
  readonly claimChecks: ClaimChecks;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface Coordinator {
  /** Rejects when Postgres does not answer. */
  ping(): Promise<void>;
  /** Takes nothing new, finishes what it has, and lets go of Postgres. */
  stop(): Promise<void>;
}

/** Migrates the schema, makes the streams, and starts deciding. Any number may run. */
export async function startCoordinator(parts: CoordinatorParts): Promise<Coordinator> {
  const { connection, databaseUrl, log } = parts;
  const dataSource = await openSagaDataSource({ url: databaseUrl, applicationName: 'jetsaga-coordinator', poolSize: 2 });
  const store = new PgSagaStore({ url: databaseUrl, applicationName: 'jetsaga-coordinator', now: systemClock.now });
  const bus = await NatsBus.create(connection);
  await bus.ensureStreams();
  const engine = await startCoordinatingEngine({
    store,
    bus,
    clock: systemClock,
    random: systemRandom,
    claimChecks: parts.claimChecks,
    observer: engineObserver(parts.metrics, log),
  });
  const publisher = new PipelinedPublisher(connection);
  const deadLetters = new DeadLetters(publisher, { maxPayload: connection.info?.max_payload ?? 1_048_576, log });
  const announcements = new AnnouncementsListener(connection, { registry: new WorkerRegistry(dataSource), bus, log });
  const rota = new ResultsRota({
    connection,
    id: randomUUID(),
    since: systemClock.now(),
    loop: engine.loop,
    log,
    take: () => listenToResults(connection, engine.loop, log),
  });
  parts.metrics.gauge({
    name: 'coordinator_takes_results',
    help: 'Whether this coordinator takes results, or stands by',
    collect: (gauge) => gauge.set(rota.taking ? 1 : 0),
  });
  queueDepthMetric(parts.metrics, bus, {
    query: async (text, values) => ({ rows: await dataSource.query(text, values), rowCount: null }),
  });
  const intake = [
    announcements,
    listenToTaskStarts(connection, engine.loop, log),
    rota,
    new ConsumerLoop({
      consumer: new BatchConsumer(connection, { stream: streams.saga, consumer: consumers.coordinator, log }),
      deadLetters,
      log,
      decode: decodeSagaMessage,
      handle: handleSagaMessage(engine),
    }),
    new ConsumerLoop({
      consumer: new BatchConsumer(connection, { stream: streams.events, consumer: consumers.triggers, log }),
      deadLetters,
      log,
      decode: decodeEvent,
      handle: handleEvent(engine.events, deadLetters),
    }),
  ];
  const health = serveRequests(connection, subjects.service('coordinator', 'health'), queueGroups.coordinators, () => ({
    status: 'ok',
    waiting: engine.loop.waiting,
  }));
  return {
    ping: async () => {
      await dataSource.query('SELECT 1');
    },
    stop: async () => {
      await health.stop();
      await Promise.all(intake.map((part) => part.stop()));
      await engine.stop();
      publisher.close();
      bus.close();
      await store.close();
      await dataSource.destroy();
    },
  };
}
