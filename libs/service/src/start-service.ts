import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { connectJetStream, connectNats, JetStreamStrategy, natsFilesFromEnvironment } from '@jetsaga/messaging';
import { openBlobStore } from '@jetsaga/storage';
import { createLogger, createMetrics, NestLogger, type Logger } from '@jetsaga/telemetry';
import { runWorker, type AnyHandler, type Worker } from '@jetsaga/worker';
import type { DynamicModule, INestApplication, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { VariableName } from './configuration/configuration-variables.ts';
import { loadConfiguration, type Configuration } from './configuration/load-configuration.ts';
import { HealthChecks } from './health/health-checks.ts';
import { DatabaseOpener } from './nest/open-database.ts';
import { ServiceModule } from './nest/service-module.ts';

/** What every service reads. */
export const serviceVariables = [
  'NATS_URL',
  'HOST',
  'HEALTH_PORT',
  'JETSAGA_HOME',
  'STORAGE_URL',
  'S3_ENDPOINT',
  'SECRETS',
  'LOG_LEVEL',
  'WORKER_CONCURRENCY',
  'SHUTDOWN_GRACE',
] as const satisfies VariableName[];

export type ServiceConfiguration<Name extends VariableName = never> = Configuration<(typeof serviceVariables)[number] | Name>;

export interface ServiceDefinition<Name extends VariableName = never> {
  /** Its name in `svc.<name>.<verb>`, logs and announcements. */
  readonly name: string;
  /** Its providers and controllers. They may have the tokens of service-tokens.ts injected. */
  readonly module?: Type | DynamicModule;
  /** The handlers of its queue, made of what the module provides. */
  readonly handlers?: (app: INestApplicationContext) => readonly AnyHandler[] | Promise<readonly AnyHandler[]>;
  /** Variables it reads besides serviceVariables. */
  readonly variables?: readonly Name[];
}

export interface RunningService {
  readonly app: INestApplication;
  readonly worker: Worker | undefined;
  /** Where its health routes are. */
  readonly url: string;
  /** Finishes what is in hand within the grace time, then closes everything. The second call returns the first one's promise. */
  stop(): Promise<void>;
}

/**
 * Starts a service in this process: configuration, log, NATS (waited for), Nest with the health routes and the service's own
 * module, requests on `svc.<name>.<verb>`, and a worker for its handlers. What was opened is closed again when it rejects.
 * Errors: ConfigurationInvalid; wiring that cannot work, with its cure.
 */
export async function startService<Name extends VariableName = never>(
  definition: ServiceDefinition<Name>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<RunningService> {
  const { name } = definition;
  const names = [...serviceVariables, ...(definition.variables ?? [])];
  const configuration = loadConfiguration<VariableName>(names, environment) as ServiceConfiguration<Name>;
  const common: ServiceConfiguration = configuration;
  const log = createLogger({ name, level: common.LOG_LEVEL });
  const metrics = createMetrics({ service: name, processMetrics: true });
  const checks = new HealthChecks();
  const opened: { close(): Promise<unknown> }[] = [];
  const closeAll = async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  };
  try {
    const storageUrl = common.STORAGE_URL ?? `file:${join(resolve(common.JETSAGA_HOME), 'blobs')}`;
    const storage = await openBlobStore(storageUrl, { s3Endpoint: common.S3_ENDPOINT });
    opened.push(storage);
    const files = natsFilesFromEnvironment(environment);
    const connection = await connectNats({ url: common.NATS_URL, name, log, waitOnFirstConnect: true, ...files });
    opened.push(connection);
    checks.add('nats', () => connection.flush());
    const { DATABASE_URL: databaseUrl } = configuration as Partial<Configuration<'DATABASE_URL'>>;
    const database = new DatabaseOpener({ url: databaseUrl ?? '', service: name, checks, log });
    opened.push(database);
    const openDatabase = databaseUrl ? database.open : needsDatabase;
    const parts = { configuration, log, metrics, connection, storage, checks, openDatabase };
    const app = await createApplication(ServiceModule.with(parts, definition.module), log);
    opened.push(app);
    connectJetStream(app, new JetStreamStrategy({ connection, service: name, log }));
    await app.startAllMicroservices();
    const worker = await startWorker(definition, app, {
      connection,
      storage,
      log,
      metrics,
      name,
      concurrency: common.WORKER_CONCURRENCY,
      // The rest of the time is for closing.
      shutdownGraceMs: common.SHUTDOWN_GRACE * 0.8,
    });
    if (worker) opened.push({ close: () => worker.stop() });
    await app.listen(common.HEALTH_PORT, common.HOST);
    const address = await app.getUrl();
    log.info({ url: address }, `${name} is ready`);
    let stopping: Promise<void> | undefined;
    const stop = () => {
      checks.stop();
      return (stopping ??= closeAll());
    };
    return { app, worker, url: address, stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function createApplication(module: DynamicModule, log: Logger): Promise<INestApplication> {
  const options = { logger: new NestLogger(log), abortOnError: false, forceCloseConnections: true };
  const app = await NestFactory.create(module, new FastifyAdapter(), options);
  return app.init();
}

async function startWorker(
  { handlers }: Pick<ServiceDefinition, 'handlers'>,
  app: INestApplicationContext,
  options: Omit<Parameters<typeof runWorker>[0], 'handlers'>,
): Promise<Worker | undefined> {
  const list = (await handlers?.(app)) ?? [];
  return list.length === 0 ? undefined : runWorker({ ...options, handlers: list });
}

function needsDatabase(): Promise<never> {
  return Promise.reject(
    new Error('this service opens a database: name DATABASE_URL among its `variables`, so that it is asked for'),
  );
}
