import { isDeepStrictEqual } from 'node:util';
import { streams } from '@jetsaga/contracts';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type ConsumerInfo,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { MessagingError } from '../connection/messaging-error.ts';
import {
  pullConsumer,
  wantedConsumers,
  wantedQueueConsumer,
  wantedStreams,
  type TopologyOptions,
  type WantedConsumer,
  type WantedStream,
} from './stream-topology.ts';

/** What had to be done, by `STREAM` or `STREAM/consumer`. */
export interface TopologyReport {
  readonly created: readonly string[];
  readonly updated: readonly string[];
}

/**
 * Makes the five streams and the coordinators' consumers, and brings existing ones up to date. Safe to call again, and by
 * several processes at a time. What the server returns is compared with what was asked for, because old servers drop
 * fields silently. Errors: TOPOLOGY_MISMATCH.
 */
export async function ensureTopology(manager: JetStreamManager, options: TopologyOptions = {}): Promise<TopologyReport> {
  const report = { created: [] as string[], updated: [] as string[] };
  await Promise.all(wantedStreams(options).map((stream) => ensureStream(manager, stream, report)));
  await Promise.all(wantedConsumers().map(({ stream, config }) => ensureConsumer(manager, stream, config, report)));
  return report;
}

/** Makes the consumer of one queue, or brings it up to date. */
export async function ensureQueueConsumer(
  manager: JetStreamManager,
  queue: string,
  options: TopologyOptions = {},
): Promise<TopologyReport> {
  const report = { created: [] as string[], updated: [] as string[] };
  await ensureConsumer(manager, streams.tasks, wantedQueueConsumer(queue, options), report);
  return report;
}

/** Makes a consumer of a service's own on one of the streams, or brings it up to date. */
export async function ensureEventConsumer(
  manager: JetStreamManager,
  consumer: { readonly stream: string; readonly durable: string; readonly subject: string; readonly maxAckPending: number },
): Promise<TopologyReport> {
  const report = { created: [] as string[], updated: [] as string[] };
  const wanted = pullConsumer(consumer.durable, consumer.subject, consumer.maxAckPending);
  await ensureConsumer(manager, consumer.stream, wanted, report);
  return report;
}

interface OpenReport {
  readonly created: string[];
  readonly updated: string[];
}

async function ensureStream(manager: JetStreamManager, wanted: WantedStream, report: OpenReport): Promise<void> {
  const { name } = wanted;
  const before = await unlessMissing(manager.streams.info(name), JetStreamApiCodes.StreamNotFound);
  let after: StreamInfo;
  if (!before) {
    after = await manager.streams.add(wanted);
    report.created.push(name);
  } else if (differences(wanted, before.config).length > 0) {
    after = await orMismatch(name, manager.streams.update(name, wanted));
    report.updated.push(name);
  } else {
    return;
  }
  mustAgree(name, wanted, after.config);
}

async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  wanted: WantedConsumer,
  report: OpenReport,
): Promise<void> {
  const name = `${stream}/${wanted.durable_name}`;
  const before = await unlessMissing(manager.consumers.info(stream, wanted.durable_name), JetStreamApiCodes.ConsumerNotFound);
  let after: ConsumerInfo;
  if (!before) {
    after = await manager.consumers.add(stream, wanted);
    report.created.push(name);
  } else if (differences(wanted, before.config).length > 0) {
    after = await orMismatch(name, manager.consumers.update(stream, wanted.durable_name, wanted));
    report.updated.push(name);
  } else {
    return;
  }
  mustAgree(name, wanted, after.config);
}

async function unlessMissing<T>(info: Promise<T>, missing: number): Promise<T | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === missing) return undefined;
    throw error;
  }
}

async function orMismatch<T>(name: string, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError)) throw cause;
    throw new MessagingError(
      'TOPOLOGY_MISMATCH',
      `${name} exists with another configuration, and the server will not change it (${cause.message}). ` +
        'If nothing else uses it, delete it: it is made anew, and no execution is lost',
      { cause },
    );
  }
}

function mustAgree(name: string, wanted: object, got: object): void {
  const fields = differences(wanted, got);
  if (fields.length === 0) return;
  throw new MessagingError(
    'TOPOLOGY_MISMATCH',
    `${name}: the server did not take over ${fields.join(', ')}; it is probably too old. Update it, or delete ${name} by hand`,
  );
}

/** Names of the wanted fields whose value the server holds differently. It may hold more. */
function differences(wanted: object, got: object): string[] {
  const held = new Map(Object.entries(got));
  return Object.entries(wanted)
    .filter(([field, value]) => !isDeepStrictEqual(value, held.get(field) ?? emptyOf(value)))
    .map(([field]) => field);
}

/** Servers leave out fields that have their zero value. */
function emptyOf(value: unknown): unknown {
  if (typeof value === 'number') return 0;
  return typeof value === 'string' ? '' : undefined;
}
