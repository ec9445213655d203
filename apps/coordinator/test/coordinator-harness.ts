import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandlerFacts, Json } from '@jetsaga/contracts';
import { startStartingEngine, systemClock, systemRandom, type EngineObserver, type StartingEngine } from '@jetsaga/engine';
import { connectNats, NatsBus, type NatsConnection } from '@jetsaga/messaging';
import { connectionOptions, DefinitionRepository, openSagaDataSource, PgSagaStore, plainPayloads } from '@jetsaga/persistence';
import { BlobClaimChecks, openBlobStore, type BlobStore } from '@jetsaga/storage';
import { createLogger, createMetrics } from '@jetsaga/telemetry';
import { createTestDatabase, startTestNats, type TestDatabase, type TestServer } from '@jetsaga/testing';
import { runWorker, type AnyHandler, type Worker } from '@jetsaga/worker';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { Client, Pool } from 'pg';
import { startCoordinator, type Coordinator } from '../src/start-coordinator.ts';

const observer: EngineObserver = {
  ignored: () => undefined,
  batch: () => undefined,
  started: () => undefined,
  ended: () => undefined,
  redispatched: () => undefined,
  failed: () => undefined,
};

export interface EndedExecution {
  readonly status: string;
  readonly output: Json | null;
  readonly error: { code: string; message: string; path?: string } | null;
}

/** A coordinator, a worker and a starting engine as the API has it, on real servers of their own. */
export class CoordinatorHarness {
  readonly log = createLogger({ name: 'spec', level: 'silent' });
  private readonly coordinators: Coordinator[] = [];
  private readonly workers: Worker[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly nats: TestServer,
    readonly connection: NatsConnection,
    readonly pool: Pool,
    readonly store: PgSagaStore,
    readonly bus: NatsBus,
    readonly engine: StartingEngine,
    private readonly blobs: BlobStore,
    private readonly home: string,
  ) {}

  static async open(): Promise<CoordinatorHarness> {
    const home = await mkdtemp(join(tmpdir(), 'jetsaga-coordinator-'));
    const [database, nats, blobs] = await Promise.all([
      createTestDatabase(),
      startTestNats(),
      openBlobStore(`file:${home}/blobs`),
    ]);
    const dataSource = await openSagaDataSource({ url: database.url, applicationName: 'spec', poolSize: 1 });
    await dataSource.destroy();
    const connection = await connectNats({ url: nats.url, name: 'spec' });
    const bus = await NatsBus.create(connection);
    const store = new PgSagaStore({ url: database.url, applicationName: 'spec', now: systemClock.now });
    const claimChecks = new BlobClaimChecks(blobs);
    const engine = await startStartingEngine({ store, bus, clock: systemClock, random: systemRandom, claimChecks, observer });
    const pool = new Pool(connectionOptions(database.url));
    pool.on('error', () => undefined);
    return new CoordinatorHarness(database, nats, connection, pool, store, bus, engine, blobs, home);
  }

  /** Another engine that starts executions, as a second API has it. */
  async openEngine(): Promise<{ engine: StartingEngine; close: () => Promise<void> }> {
    const store = new PgSagaStore({ url: this.database.url, applicationName: 'spec-2', now: systemClock.now });
    const claimChecks = new BlobClaimChecks(this.blobs);
    const context = { store, bus: this.bus, clock: systemClock, random: systemRandom, claimChecks, observer };
    const engine = await startStartingEngine(context);
    return {
      engine,
      close: async () => {
        await engine.stop();
        await store.close();
      },
    };
  }

  async startCoordinator(): Promise<Coordinator> {
    const coordinator = await startCoordinator({
      connection: this.connection,
      databaseUrl: this.database.url,
      claimChecks: new BlobClaimChecks(this.blobs),
      metrics: createMetrics(),
      log: this.log,
    });
    this.coordinators.push(coordinator);
    return coordinator;
  }

  async startWorker(handlers: readonly AnyHandler[]): Promise<Worker> {
    const worker = await runWorker({
      connection: this.connection,
      handlers,
      storage: this.blobs,
      log: this.log,
      shutdownGraceMs: 500,
    });
    this.workers.push(worker);
    return worker;
  }

  /** Applies a definition without looking for its handlers: all of its tasks go to that queue. */
  async apply(key: string, document: { [field: string]: Json }, queue: string, handlers: readonly string[]): Promise<void> {
    const facts: HandlerFacts = { queue, branches: [] };
    await new DefinitionRepository(this.pool, plainPayloads).apply({
      key,
      name: key,
      source: JSON.stringify(document),
      format: 'json',
      document: { name: key, ...document },
      hash: JSON.stringify(document),
      handlers: Object.fromEntries(handlers.map((name) => [name, facts])),
      by: 'spec',
    });
  }

  async start(workflow: string, input: Json = {}): Promise<string> {
    const outcome = await this.engine.starts.start({ workflow, input, by: 'spec' });
    if (outcome.kind !== 'started') throw new Error(`not started: ${JSON.stringify(outcome)}`);
    return outcome.executionId;
  }

  jetstream(): Promise<JetStreamManager> {
    return jetstreamManager(this.connection);
  }

  /** Nobody but this harness gets into the database for so long; what was connected is thrown out, over and over. */
  async withoutPostgres(ms: number, meanwhile: () => Promise<void>): Promise<void> {
    const name = new URL(this.database.url).pathname.slice(1);
    const admin = new Client({ ...connectionOptions(this.database.url), database: 'postgres' });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      const until = Date.now() + ms;
      const working = meanwhile();
      while (Date.now() < until) {
        await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await working;
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
    }
  }

  async executions(ids: readonly string[]): Promise<Map<string, EndedExecution>> {
    const { rows } = await this.pool.query('SELECT id, status, output, error FROM saga.executions WHERE id = ANY ($1::uuid[])', [
      ids,
    ]);
    return new Map(
      rows.map((row) => [
        row.id,
        { status: row.status, output: row.output && JSON.parse(row.output), error: row.error && JSON.parse(row.error) },
      ]),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await Promise.all(this.coordinators.map((coordinator) => coordinator.stop()));
    await this.engine.stop();
    this.bus.close();
    await this.store.close();
    await this.pool.end();
    await this.connection.close();
    await this.blobs.close();
    await this.nats.stop();
    await this.database.drop();
    await rm(this.home, { recursive: true, force: true });
  }
}
