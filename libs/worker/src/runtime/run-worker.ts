import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '@jetsaga/contracts';
import { connectNats, natsFilesFromEnvironment, type NatsConnection } from '@jetsaga/messaging';
import type { BlobStore } from '@jetsaga/storage';
import { createLogger, type Logger, type Metrics } from '@jetsaga/telemetry';
import type { AnyHandler } from '../define-handler.ts';
import { HandlerRegistry } from '../handler-registry.ts';
import { environmentSecrets, type SecretProvider } from '../secrets/secret-provider.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { systemClock } from './system-clock.ts';
import { sweepTimes, type SweepTimes } from './task-sweep.ts';
import { WorkerRuntime } from './worker-runtime.ts';

export interface WorkerOptions {
  readonly handlers: readonly AnyHandler[];
  /** Default: NATS_URL. Not used where a connection is given. */
  readonly natsUrl?: string;
  /** A connection of the caller's, which stays open. Otherwise the worker makes one, and stops on SIGTERM and SIGINT. */
  readonly connection?: NatsConnection;
  /** What the worker is called in announcements and logs, before host and process. Default `worker`. */
  readonly name?: string;
  /** Handlers at a time, for each queue. Default: WORKER_CONCURRENCY, else 10. */
  readonly concurrency?: number;
  /** How long running handlers may take to finish once the worker is told to stop. Default 30 s. */
  readonly shutdownGraceMs?: number;
  /** For payloads over the inline limit; the other processes must use the same one. Without it such a step fails. */
  readonly storage?: BlobStore;
  /** Default: environment variables JETSAGA_SECRET_<NAME>. */
  readonly secrets?: SecretProvider;
  readonly log?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  /** For tests. */
  readonly times?: Partial<SweepTimes>;
}

export interface Worker {
  /** As it appears in announcements and results. */
  readonly id: string;
  /** Handlers at work. */
  readonly running: number;
  /**
   * Takes no more tasks, lets running handlers finish within the grace time, hands back the rest. Resolves when nothing of it is
   * left; the second call returns the first one's promise.
   */
  stop(): Promise<void>;
}

/**
 * Consumes the queues of its handlers until it is stopped. Resolves when it is connected; a queue that does not exist yet is waited
 * for. Throws when two handlers have one name, or NATS refuses the credentials.
 */
export async function runWorker(options: WorkerOptions): Promise<Worker> {
  const registry = new HandlerRegistry(options.handlers);
  if (registry.queues.length === 0) throw new Error('a worker needs at least one handler');
  const service = options.name ?? 'worker';
  const id = `${service}@${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  const log = options.log ?? createLogger({ name: service });
  const concurrency = options.concurrency ?? concurrencyFromEnvironment();
  const connection = options.connection ?? (await connect(options.natsUrl, id, log));
  const runtime = new WorkerRuntime({
    id,
    service,
    registry,
    connection,
    concurrency,
    shutdownGraceMs: options.shutdownGraceMs ?? 30_000,
    storage: options.storage,
    secrets: options.secrets ?? environmentSecrets(),
    log,
    metrics: options.metrics,
    clock: options.clock ?? systemClock,
    times: { ...sweepTimes, ...options.times },
  });
  log.info({ worker: id, queues: registry.queues, concurrency }, 'worker runs');

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await runtime.stop();
      if (!options.connection) await connection.close();
      log.info({ worker: id }, 'worker stopped');
    })());
  const forgetSignals = options.connection ? () => undefined : stopOnSignals(stop);
  return {
    id,
    get running() {
      return runtime.running;
    },
    stop: () => {
      forgetSignals();
      return stop();
    },
  };
}

function connect(url: string | undefined, name: string, log: Logger): Promise<NatsConnection> {
  const found = url ?? process.env['NATS_URL'];
  if (!found) throw new Error('runWorker needs natsUrl, or the environment variable NATS_URL (`pnpm infra` prints one)');
  return connectNats({ url: found, name, log, waitOnFirstConnect: true, ...natsFilesFromEnvironment() });
}

function concurrencyFromEnvironment(): number {
  const text = process.env['WORKER_CONCURRENCY'] || '10';
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`WORKER_CONCURRENCY must be a whole number above 0, not '${text}'`);
}
