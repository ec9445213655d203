import type { ExecutionStatus, Json, Priority } from '@jetsaga/contracts';
import type { BulkAction, BulkFilter, BulkJob } from './bulk.ts';
import { Definitions } from './definitions.ts';
import { Documents } from './documents.ts';
import { Run, type WaitOptions } from './run.ts';
import { Schedules } from './schedules.ts';
import { level, Server, type ServerOptions } from './server.ts';
import { Tasks } from './tasks.ts';
import type { EventReceipt, Execution, Handler, Health, Page, Queue, Worker } from './shapes.ts';

export interface StartOptions {
  /** A second start with the same key gives the first execution. */
  readonly idempotencyKey?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly version?: number;
  readonly priority?: Priority;
  /** A node: what is not at or below it is skipped. */
  readonly startAt?: string;
}

export interface SearchOptions {
  readonly workflow?: string;
  readonly status?: ExecutionStatus | readonly ExecutionStatus[];
  readonly labels?: Readonly<Record<string, string>>;
  /** ISO 8601, or how long ago: `1h`. */
  readonly since?: string;
  readonly until?: string;
  /** Part of the id, the workflow or a label. */
  readonly q?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * A client of the HTTP API. Every failure is a JetsagaError, with the code that the server gave.
 *
 *     const jetsaga = new Jetsaga({ url: 'http://127.0.0.1:8000' });
 *     const run = await jetsaga.start('document-intake', { uri });
 *     const result = await run.result({ timeout: '5m' });
 */
export class Jetsaga {
  readonly definitions: Definitions;
  readonly documents: Documents;
  readonly schedules: Schedules;
  readonly tasks: Tasks;
  private readonly server: Server;

  constructor(options: ServerOptions) {
    this.server = new Server(options);
    this.definitions = new Definitions(this.server);
    this.documents = new Documents(this.server);
    this.schedules = new Schedules(this.server);
    this.tasks = new Tasks(this.server);
  }

  /** Durable when it resolves. */
  async start(workflow: string, input: Json = {}, options: StartOptions = {}): Promise<Run> {
    const { executionId } = await this.server.json<{ executionId: string }>(
      'POST',
      `/v1/definitions/${level(workflow)}/executions`,
      {
        json: { input, ...options },
      },
    );
    return this.execution(executionId);
  }

  /** A handle on an execution; asks nothing of the server. */
  execution(id: string): Run {
    return new Run(this.server, id);
  }

  show(id: string): Promise<Execution> {
    return this.execution(id).show();
  }

  list({ labels, ...query }: SearchOptions = {}): Promise<Page<Execution>> {
    const selected = Object.fromEntries(Object.entries(labels ?? {}).map(([name, value]) => [`label.${name}`, value]));
    return this.server.json('GET', '/v1/executions', { query: { ...query, ...selected } });
  }

  cancel(id: string, options: { reason?: string; compensate?: boolean } = {}): Promise<void> {
    return this.execution(id).cancel(options);
  }

  /** One action for every execution that matches, as a job; durable when it resolves. */
  bulk(action: BulkAction, filter: BulkFilter, options: { reason?: string; compensate?: boolean } = {}): Promise<BulkJob> {
    return this.server.json('POST', '/v1/bulk', { json: { action, filter, ...options } });
  }

  /** How far a bulk job is. */
  bulkJob(id: string): Promise<BulkJob> {
    return this.server.json('GET', `/v1/bulk/${level(id)}`);
  }

  /** Sends a signal to a running execution; durable when it resolves. */
  signal(id: string, name: string, payload: Json = null): Promise<void> {
    return this.execution(id).signal(name, payload);
  }

  /** Publishes an event; durable when it resolves. With an idempotency key it starts nothing twice. */
  event(type: string, data: Json, options: { readonly idempotencyKey?: string } = {}): Promise<EventReceipt> {
    return this.server.json('POST', `/v1/events/${level(type)}`, {
      json: data,
      headers: { 'idempotency-key': options.idempotencyKey },
    });
  }

  /** Sends a file and starts its ingestion. */
  ingest(...parameters: Parameters<Documents['ingest']>): ReturnType<Documents['ingest']> {
    return this.documents.ingest(...parameters);
  }

  search(...parameters: Parameters<Documents['search']>): ReturnType<Documents['search']> {
    return this.documents.search(...parameters);
  }

  handlers(): Promise<Page<Handler>> {
    return this.server.json('GET', '/v1/handlers');
  }

  workers(): Promise<Page<Worker>> {
    return this.server.json('GET', '/v1/workers');
  }

  queues(): Promise<Page<Queue>> {
    return this.server.json('GET', '/v1/queues');
  }

  /** How the server is; one that is not well is an answer too. */
  health(options: Pick<WaitOptions, 'signal'> = {}): Promise<Health> {
    return this.server.json('GET', '/v1/health', { accept: [503], ...options });
  }
}
