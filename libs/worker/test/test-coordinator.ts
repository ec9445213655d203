import {
  resultListSchema,
  streams,
  subjects,
  taskMessageId,
  taskStartListSchema,
  workerAnnouncementSchema,
  type StepResult,
  type Task,
  type TaskStart,
  type WorkerAnnouncement,
} from '@jetsaga/contracts';
import { connectNats, ensureQueueConsumer, ensureTopology, listen, PipelinedPublisher, serveRequests } from '@jetsaga/messaging';
import type { NatsConnection, Serving } from '@jetsaga/messaging';
import { eventually } from '@jetsaga/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';

/** The coordinators' side of the worker protocol over real NATS: it sends tasks, and keeps what workers report. */
export class TestCoordinator {
  readonly results: StepResult[] = [];
  readonly lists: StepResult[][] = [];
  readonly starts: TaskStart[] = [];
  readonly announcements: WorkerAnnouncement[] = [];
  /** What it answers to a list of results. */
  reply: { ok: boolean; reason?: string } = { ok: true };
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  private readonly publisher: PipelinedPublisher;
  private readonly listeners: Serving[];
  private answering: Serving | null = null;
  private count = 0;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection;
    this.manager = manager;
    this.publisher = new PipelinedPublisher(connection);
    this.listeners = [
      listen(connection, subjects.taskStarts, (message) => this.starts.push(...taskStartListSchema.parse(message.json()).starts)),
      listen(connection, subjects.announcements, (message) =>
        this.announcements.push(workerAnnouncementSchema.parse(message.json())),
      ),
    ];
    this.answer();
  }

  static async start(natsUrl: string, queue: string | null = 'work'): Promise<TestCoordinator> {
    const connection = await connectNats({ url: natsUrl, name: 'test-coordinator' });
    const manager = await jetstreamManager(connection);
    await ensureTopology(manager);
    if (queue !== null) await ensureQueueConsumer(manager, queue);
    return new TestCoordinator(connection, manager);
  }

  /** Answers requests from now on. */
  answer(): void {
    this.answering ??= serveRequests(this.connection, subjects.results, 'coordinators', (request) => {
      const { results } = resultListSchema.parse(request.json());
      if (this.reply.ok) {
        this.results.push(...results);
        this.lists.push(results);
      }
      return this.reply;
    });
  }

  /** Nobody listens for results any more. */
  async goAway(): Promise<void> {
    await this.answering?.stop();
    this.answering = null;
  }

  task(parts: Partial<Task> = {}): Task {
    this.count += 1;
    return {
      v: 1,
      executionId: `e${this.count}`,
      workflow: 'test',
      version: 1,
      path: 'step',
      attempt: 1,
      dispatch: 1,
      kind: 'run',
      handler: 'echo',
      config: {},
      idempotencyKey: `e${this.count}:step:1`,
      token: 't',
      timeoutMs: 60_000,
      scheduledAt: Date.now(),
      ...parts,
    };
  }

  async send(tasks: readonly Task[], options: { queue?: string; traceparent?: string } = {}): Promise<void> {
    await this.sendRaw(
      tasks.map((task) => ({
        subject: subjects.task(options.queue ?? 'work', task.handler),
        id: taskMessageId(task.executionId, task.path, task.attempt, task.dispatch),
        payload: JSON.stringify(task),
        traceparent: options.traceparent,
      })),
    );
  }

  async sendRaw(messages: Parameters<PipelinedPublisher['publish']>[0]): Promise<void> {
    for (const outcome of await this.publisher.publish(messages)) if (!outcome.ok) throw outcome.error;
  }

  /** Sends one task and gives its first final result. */
  async run(parts: Partial<Task>): Promise<StepResult> {
    const task = this.task(parts);
    await this.send([task]);
    return this.resultOf(task);
  }

  resultOf(task: Task, timeoutMs = 5_000): Promise<StepResult> {
    return eventually(
      () => {
        const found = this.results.find((result) => result.executionId === task.executionId && result.outcome !== 'progress');
        if (!found) throw new Error(`no result of ${task.executionId} yet`);
        return found;
      },
      { timeoutMs, intervalMs: 5 },
    );
  }

  /** Resolves when every task is acknowledged: the work queue is empty. */
  allAcknowledged(timeoutMs = 5_000): Promise<void> {
    return eventually(
      async () => {
        const { state } = await this.manager.streams.info(streams.tasks);
        if (state.messages > 0) throw new Error(`${state.messages} tasks are not acknowledged`);
      },
      { timeoutMs },
    );
  }

  /** The lists that went the long way, oldest first. */
  async storedResults(): Promise<StepResult[]> {
    const { state } = await this.manager.streams.info(streams.saga);
    const stored: StepResult[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await this.manager.streams.getMessage(streams.saga, { seq });
      if (message?.subject === subjects.sagaResult) stored.push(...resultListSchema.parse(message.json()).results);
    }
    return stored;
  }

  async deadLetters(): Promise<{ subject: string; reason: string; body: string }[]> {
    const { state } = await this.manager.streams.info(streams.deadLetters);
    const letters = [];
    for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq += 1) {
      const message = await this.manager.streams.getMessage(streams.deadLetters, { seq });
      if (message)
        letters.push({ subject: message.subject, reason: message.header.get('Jetsaga-Dead-Reason'), body: message.string() });
    }
    return letters;
  }

  async close(): Promise<void> {
    await this.goAway();
    await Promise.all(this.listeners.map((listener) => listener.stop()));
    this.publisher.close();
    await this.connection.close();
  }
}
