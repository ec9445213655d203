import {
  consumers,
  streams,
  subjects,
  taskMessageId,
  type AbortList,
  type Bus,
  type OutboxMessage,
  type PublishOutcome,
  type TaskStreamState,
  type TaskToPublish,
} from '@jetsaga/contracts';
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { PipelinedPublisher, type PublisherOptions } from './publish/pipelined-publisher.ts';
import { ensureQueueConsumer, ensureTopology } from './streams/ensure-topology.ts';
import type { TopologyOptions } from './streams/stream-topology.ts';

export interface NatsBusOptions extends TopologyOptions, PublisherOptions {}

/** The port `Bus` on NATS JetStream. It does not own the connection. */
export class NatsBus implements Bus {
  private readonly connection: NatsConnection;
  private readonly manager: JetStreamManager;
  private readonly options: NatsBusOptions;
  private readonly publisher: PipelinedPublisher;

  private constructor(connection: NatsConnection, manager: JetStreamManager, options: NatsBusOptions) {
    this.connection = connection;
    this.manager = manager;
    this.options = options;
    this.publisher = new PipelinedPublisher(connection, options);
  }

  static async create(connection: NatsConnection, options: NatsBusOptions = {}): Promise<NatsBus> {
    return new NatsBus(connection, await jetstreamManager(connection, { checkAPI: false }), options);
  }

  publishTasks(tasks: readonly TaskToPublish[]): Promise<PublishOutcome[]> {
    return this.publisher.publish(
      tasks.map(({ task, queue, traceparent }) => ({
        subject: subjects.task(queue, task.handler),
        id: taskMessageId(task.executionId, task.path, task.attempt, task.dispatch),
        payload: JSON.stringify(task),
        traceparent,
      })),
    );
  }

  publish(messages: readonly OutboxMessage[]): Promise<PublishOutcome[]> {
    return this.publisher.publish(
      messages.map(({ subject, id, body, headers }) => ({ subject, id, payload: JSON.stringify(body), headers })),
    );
  }

  broadcast(subject: string, body: unknown): void {
    if (this.connection.isClosed() || this.connection.isDraining()) return;
    this.connection.publish(subject, JSON.stringify(body));
  }

  abort(list: AbortList): void {
    this.broadcast(subjects.aborts, list);
  }

  async taskStream(): Promise<TaskStreamState | undefined> {
    const info = await unlessMissing(this.manager.streams.info(streams.tasks));
    if (!info) return undefined;
    const delivered = new Map<string, number>();
    const waiting = new Map<string, number>();
    try {
      for await (const consumer of this.manager.consumers.list(streams.tasks)) {
        delivered.set(consumer.name, consumer.delivered.stream_seq);
        waiting.set(consumer.name, consumer.num_pending);
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return { created: info.created, lastSequence: info.state.last_seq, delivered, waiting };
  }

  async taskMessageIdAt(sequence: number): Promise<string | undefined> {
    const stored = await unlessMissing(this.manager.streams.getMessage(streams.tasks, { seq: sequence }));
    return stored?.header.get('Nats-Msg-Id') || undefined;
  }

  async deleteTask(sequence: number): Promise<void> {
    await unlessMissing(this.manager.streams.deleteMessage(streams.tasks, sequence, false));
  }

  async pendingSagaMessages(): Promise<number> {
    const info = await unlessMissing(this.manager.consumers.info(streams.saga, consumers.coordinator));
    return info ? info.num_pending + info.num_ack_pending : 0;
  }

  async ensureStreams(): Promise<void> {
    await ensureTopology(this.manager, this.options);
  }

  async ensureQueue(queue: string): Promise<void> {
    await ensureQueueConsumer(this.manager, queue, this.options);
  }

  /** Fails what is still unanswered; the connection stays open. */
  close(): void {
    this.publisher.close();
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The stream or the message at that sequence. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  return error.status === 404 || error.code === JetStreamApiCodes.NoMessageFound || error.code === sequenceNotFound;
}

/** JSSequenceNotFoundErrF */
const sequenceNotFound = 10043;
