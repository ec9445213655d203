import type { AbortList } from '../result.ts';
import type { OutboxMessage } from '../records.ts';
import type { Task } from '../task.ts';

/** The server's acknowledgement of one publish. `duplicate` proves nothing about the message being there. */
export interface PublishAcknowledgement {
  readonly sequence: number;
  readonly duplicate: boolean;
}

export type PublishOutcome =
  { readonly ok: true; readonly acknowledgement: PublishAcknowledgement } | { readonly ok: false; readonly error: Error };

export interface TaskToPublish {
  readonly task: Task;
  readonly queue: string;
  readonly traceparent: string | null;
}

export interface TaskStreamState {
  /** As the server reports it; another value means the stream was deleted and made again. */
  readonly created: string;
  readonly lastSequence: number;
  /** Delivered stream sequence of each queue's consumer. */
  readonly delivered: ReadonlyMap<string, number>;
  /** Messages of each queue that nobody has taken yet. */
  readonly waiting: ReadonlyMap<string, number>;
}

export interface Bus {
  /** Pipelined: all are written, then the acknowledgements awaited. One outcome per task, in order; never rejects. */
  publishTasks(tasks: readonly TaskToPublish[]): Promise<PublishOutcome[]>;
  publish(messages: readonly OutboxMessage[]): Promise<PublishOutcome[]>;
  /** Not awaited, not certain. */
  broadcast(subject: string, body: unknown): void;
  abort(list: AbortList): void;
  /** Undefined while the stream is away. */
  taskStream(): Promise<TaskStreamState | undefined>;
  /** `Nats-Msg-Id` of the task at that sequence, undefined when there is none. */
  taskMessageIdAt(sequence: number): Promise<string | undefined>;
  deleteTask(sequence: number): Promise<void>;
  /** Results and commands that are in the stream and not dealt with yet; 0 while the stream is away. */
  pendingSagaMessages(): Promise<number>;
  /** Makes streams and consumers that are missing. */
  ensureStreams(): Promise<void>;
  /** Makes the consumer of a queue that is dispatched to for the first time. */
  ensureQueue(queue: string): Promise<void>;
}
