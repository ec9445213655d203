import { consumers, streams, subjects, type StreamName } from '@jetsaga/contracts';
import { AckPolicy, DeliverPolicy, DiscardPolicy, ReplayPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

export interface TopologyOptions {
  /** Copies of each stream in a NATS cluster. Default 1. */
  readonly replicas?: number;
  /** Concurrency limit of a whole queue, over all its workers. Default 10,000. */
  readonly queueMaxAckPending?: number;
}

export type WantedStream = Pick<
  StreamConfig,
  'name' | 'subjects' | 'retention' | 'storage' | 'discard' | 'max_age' | 'duplicate_window' | 'num_replicas' | 'description'
>;

export type WantedConsumer = Pick<
  ConsumerConfig,
  | 'ack_policy'
  | 'deliver_policy'
  | 'replay_policy'
  | 'ack_wait'
  | 'max_deliver'
  | 'max_ack_pending'
  | 'max_waiting'
  | 'filter_subject'
> & { readonly durable_name: string };

const day = 24 * 60 * 60_000;
const duplicateWindowMs = 10_000;
const ackWaitMs = 30_000;
/** A coordinator gathers up to 1,024 and keeps as many again in hand; enough for a dozen of them. */
const coordinatorMaxAckPending = 20_000;
/** Pull requests that may wait at a time; every worker and coordinator keeps a few. Cannot be changed later. */
const maxWaiting = 4_096;

/** The streams of architecture.md. `discard: new`: a full stream refuses rather than forgets. */
export function wantedStreams(options: TopologyOptions = {}): WantedStream[] {
  const stream = (
    name: StreamName,
    subject: string,
    retention: StreamConfig['retention'],
    maxAgeMs: number,
    description: string,
  ): WantedStream => ({
    name,
    subjects: [subject],
    retention,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(duplicateWindowMs),
    num_replicas: options.replicas ?? 1,
    description,
  });
  return [
    stream(streams.events, subjects.allEvents, RetentionPolicy.Limits, 7 * day, 'Facts that may start or wake executions'),
    stream(streams.saga, subjects.saga, RetentionPolicy.Workqueue, 0, 'Commands and results for the coordinators'),
    stream(streams.tasks, subjects.allTasks, RetentionPolicy.Workqueue, 0, 'Attempts to run, by queue and handler'),
    stream(streams.lifecycle, subjects.allLifecycle, RetentionPolicy.Limits, day, 'What happens to executions and steps'),
    stream(streams.deadLetters, subjects.allDead, RetentionPolicy.Limits, 30 * day, 'Messages that could not be handled'),
  ];
}

/** The durable consumers that always exist. Those of queues are made when a queue is first dispatched to. */
export function wantedConsumers(): { readonly stream: StreamName; readonly config: WantedConsumer }[] {
  return [
    { stream: streams.events, config: pullConsumer(consumers.triggers, subjects.allEvents, coordinatorMaxAckPending) },
    { stream: streams.saga, config: pullConsumer(consumers.coordinator, subjects.saga, coordinatorMaxAckPending) },
  ];
}

/** Named like the queue, shared by all its workers. */
export function wantedQueueConsumer(queue: string, options: TopologyOptions = {}): WantedConsumer {
  return pullConsumer(queue, subjects.queueTasks(queue), options.queueMaxAckPending ?? 10_000);
}

/**
 * Delivered until acknowledged (`max_deliver` -1): whoever consumes it counts the deliveries and dead-letters, so that
 * nothing is dropped silently.
 */
export function pullConsumer(name: string, filter: string, maxAckPending: number): WantedConsumer {
  return {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ackWaitMs),
    max_deliver: -1,
    max_ack_pending: maxAckPending,
    max_waiting: maxWaiting,
  };
}
