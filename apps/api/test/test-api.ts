import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoordinatingEngine, systemClock, systemRandom, type CoordinatingEngine } from '@jetsaga/engine';
import { connectNats, NatsBus, type NatsConnection } from '@jetsaga/messaging';
import { PgSagaStore } from '@jetsaga/persistence';
import { BlobClaimChecks, openBlobStore } from '@jetsaga/storage';
import { createLogger } from '@jetsaga/telemetry';
import { createTestDatabase, startTestNats, startTestPostgres, type TestDatabase, type TestServer } from '@jetsaga/testing';
import type { HandlerDescription, StepResult } from '@jetsaga/contracts';
import type { SecretProvider } from '@jetsaga/worker';
import type { Pool } from 'pg';
import { createApi } from '../src/create-api.ts';
import type { ShippedDefinition } from '../src/definitions/shipped-definitions.ts';
import type { AccessMode } from '../src/http/access.ts';
import { openResources } from '../src/open-resources.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** What an endpoint answers is what its spec is about: it looks into it freely. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface TestApiOptions {
  /** The spec kills and restarts Postgres. */
  readonly ownPostgres?: boolean;
  readonly shipped?: readonly ShippedDefinition[];
  readonly secrets?: SecretProvider;
}

/** The API on a free port, with a Postgres and a NATS server, and the coordinator's engine to move executions on. */
export class TestApi {
  readonly url: string;
  readonly pool: Pool;
  readonly nats: NatsConnection;
  readonly engine: CoordinatingEngine;
  readonly store: PgSagaStore;
  readonly servers: { readonly nats: TestServer; readonly postgres: TestServer | undefined };
  private readonly storageUrl: string;
  private readonly closers: readonly (() => Promise<unknown>)[];

  private constructor(
    parts: Pick<TestApi, 'url' | 'pool' | 'nats' | 'engine' | 'store' | 'servers'>,
    storageUrl: string,
    closers: TestApi['closers'],
  ) {
    this.url = parts.url;
    this.pool = parts.pool;
    this.nats = parts.nats;
    this.engine = parts.engine;
    this.store = parts.store;
    this.servers = parts.servers;
    this.storageUrl = storageUrl;
    this.closers = closers;
  }

  static async start(access: AccessMode = { kind: 'off' }, options: TestApiOptions = {}): Promise<TestApi> {
    const [database, server, folder] = await Promise.all([
      options.ownPostgres ? ownDatabase() : sharedDatabase(),
      startTestNats(),
      mkdtemp(join(tmpdir(), 'jetsaga-api-')),
    ]);
    const log = createLogger({ name: 'api', level: 'silent' });
    const storageUrl = `file:${folder}`;
    const { shipped, secrets } = options;
    const given = { databaseUrl: database.url, natsUrl: server.url, storageUrl, access, log, shipped, secrets };
    const opened = await openResources(given);
    const nats = await connectNats({ url: server.url, name: 'spec' });
    const bus = await NatsBus.create(nats);
    await bus.ensureStreams();
    const store = new PgSagaStore({ url: database.url, applicationName: 'spec', now: () => Date.now() });
    const blobs = await openBlobStore(storageUrl);
    const engine = await startCoordinatingEngine({
      store,
      bus,
      clock: systemClock,
      random: systemRandom,
      claimChecks: new BlobClaimChecks(blobs),
      observer: {
        ignored: () => undefined,
        batch: () => undefined,
        started: () => undefined,
        ended: () => undefined,
        redispatched: () => undefined,
        // Servers that a spec takes away are missed here too.
        failed: () => undefined,
      },
    });
    const app = await createApi(opened.resources);
    await app.listen(0, '127.0.0.1');
    const closers = [
      () => app.close(),
      () => opened.close(),
      () => engine.stop(),
      async () => {
        bus.close();
        await nats.close();
        await store.close();
      },
      () => server.stop(),
      () => database.drop(),
      () => rm(folder, { recursive: true, force: true }),
    ];
    const servers = { nats: server, postgres: database.server };
    const parts = { url: await app.getUrl(), pool: opened.resources.pool, nats, engine, store, servers };
    return new TestApi(parts, storageUrl, closers);
  }

  async request(
    method: string,
    path: string,
    init: { json?: unknown; body?: string | Uint8Array<ArrayBuffer> | FormData; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...(init.json !== undefined && { 'content-type': 'application/json' }), ...init.headers },
      body: init.json === undefined ? init.body : JSON.stringify(init.json),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.request('GET', path, { headers });
  }

  post(path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.request('POST', path, { json, headers });
  }

  /** Applies a definition and gives back its key. */
  async apply(definition: unknown, query = ''): Promise<string> {
    const { status, body } = await this.post(`/v1/definitions${query}`, definition);
    if (status >= 300) throw new Error(`not applied: ${JSON.stringify(body)}`);
    return body.key;
  }

  /** What a worker's announcement leaves behind. */
  async announce(
    handler: Partial<HandlerDescription> & { readonly name: string },
    options: { alive?: boolean } = {},
  ): Promise<void> {
    const description = { aliases: [], queue: 'demo', description: '', configSchema: {}, branches: [], ...handler };
    await this.pool.query(
      `INSERT INTO saga.handlers (name, queue, description, first_seen_at, last_seen_at) VALUES ($1, $2, $3, now(), now())
       ON CONFLICT (name) DO UPDATE SET description = excluded.description`,
      [description.name, description.queue, JSON.stringify(description)],
    );
    if (options.alive === false) return;
    await this.pool.query(
      `INSERT INTO saga.workers (name, service, queues, handlers, concurrency, running, first_seen_at, last_seen_at)
       VALUES ($1, 'demo', $2, $3, 4, 0, now(), now()) ON CONFLICT (name) DO NOTHING`,
      [`worker-${description.name}`, [description.queue], [description.name]],
    );
  }

  /** What a worker's result does. */
  async finish(executionId: string, path: string, result: Partial<StepResult> = {}): Promise<void> {
    const now = Date.now();
    await this.engine.loop.submit({
      executionId,
      scope: '',
      body: {
        kind: 'result',
        result: {
          v: 1,
          executionId,
          path,
          attempt: 1,
          outcome: 'completed',
          output: {},
          worker: 'spec',
          startedAt: now,
          finishedAt: now,
          ...result,
        },
      },
    });
  }

  /** Lets the coordinator look at the commands of an execution. */
  async poke(executionId: string): Promise<void> {
    await this.engine.loop.submit({ executionId, scope: '', body: { kind: 'poke' } });
  }

  /** Keys of everything in the blob store. */
  async blobs(): Promise<string[]> {
    const store = await openBlobStore(this.storageUrl);
    const keys: string[] = [];
    for await (const blob of store.list()) keys.push(blob.key);
    await store.close();
    return keys;
  }

  async stop(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

type SpecDatabase = TestDatabase & { readonly server?: TestServer };

function sharedDatabase(): Promise<SpecDatabase> {
  return createTestDatabase();
}

async function ownDatabase(): Promise<SpecDatabase> {
  const server = await startTestPostgres({ durable: true });
  return { server, url: server.url, drop: () => server.stop() };
}
