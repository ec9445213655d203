import { abortListSchema, streams, subjects, type Clock } from '@jetsaga/contracts';
import { BatchConsumer, DeadLetters, listen, PipelinedPublisher, type NatsConnection, type Serving } from '@jetsaga/messaging';
import { BlobClaimChecks, type BlobStore } from '@jetsaga/storage';
import type { Logger, Metrics } from '@jetsaga/telemetry';
import type { HandlerRegistry } from '../handler-registry.ts';
import type { SecretProvider } from '../secrets/secret-provider.ts';
import { DeadTasks } from './dead-tasks.ts';
import { ResultSender } from './result-sender.ts';
import { Slots } from './slots.ts';
import { TaskRunner } from './task-runner.ts';
import { TaskSweep, type SweepTimes } from './task-sweep.ts';
import { WorkerAnnouncer } from './worker-announcer.ts';
import { noMetrics, workerMetrics, type WorkerMetrics } from './worker-metrics.ts';

export interface WorkerRuntimeParts {
  readonly id: string;
  readonly service: string;
  readonly registry: HandlerRegistry;
  readonly connection: NatsConnection;
  /** For each queue. */
  readonly concurrency: number;
  readonly shutdownGraceMs: number;
  readonly storage: BlobStore | undefined;
  readonly secrets: SecretProvider;
  readonly log: Logger;
  readonly metrics: Metrics | undefined;
  readonly clock: Clock;
  readonly times: SweepTimes;
}

interface Intake {
  readonly slots: Slots;
  readonly consumer: BatchConsumer;
  readonly done: Promise<void>;
}

/** After its signal has fired, a handler may still tidy up that long. */
const tidyUpMs = 1_000;
const handOverMs = 3_000;
const flushMs = 1_000;

/** A worker at work, over a connection that somebody else closes. Modes: working → stopping (`stop`) → stopped. */
export class WorkerRuntime {
  private readonly parts: WorkerRuntimeParts;
  private readonly publisher: PipelinedPublisher;
  private readonly sender: ResultSender;
  private readonly dead: DeadTasks;
  private readonly runner: TaskRunner;
  private readonly sweep: TaskSweep;
  private readonly announcer: WorkerAnnouncer;
  private readonly aborts: Serving;
  private readonly intakes: readonly Intake[];

  constructor(parts: WorkerRuntimeParts) {
    this.parts = parts;
    const { connection, clock, log, registry, id: worker } = parts;
    const metrics: WorkerMetrics = parts.metrics ? workerMetrics(parts.metrics, () => this.running) : noMetrics;
    this.publisher = new PipelinedPublisher(connection);
    this.sender = new ResultSender({ connection, publisher: this.publisher, log, clock });
    const deadLetters = new DeadLetters(this.publisher, { maxPayload: connection.info?.max_payload ?? 1_048_576, log });
    this.dead = new DeadTasks({ worker, sender: this.sender, deadLetters, clock, metrics });
    const claimChecks = parts.storage && new BlobClaimChecks(parts.storage);
    const { secrets } = parts;
    this.runner = new TaskRunner({
      worker,
      registry,
      sender: this.sender,
      dead: this.dead,
      secrets,
      claimChecks,
      clock,
      log,
      metrics,
    });
    this.sweep = new TaskSweep({ connection, clock, worker, times: parts.times, runner: this.runner });
    this.runner.sweptBy(this.sweep);
    this.aborts = listen(
      connection,
      subjects.aborts,
      (message) => {
        for (const abort of abortListSchema.parse(message.json()).aborts) this.runner.cancel(abort);
      },
      { log },
    );
    this.announcer = new WorkerAnnouncer({
      connection,
      clock,
      worker,
      service: parts.service,
      queues: registry.queues,
      handlers: registry.descriptions,
      concurrency: parts.concurrency * registry.queues.length,
      running: () => this.running,
    });
    this.intakes = registry.queues.map((queue) => {
      const slots = new Slots(parts.concurrency);
      const consumer = new BatchConsumer(connection, { stream: streams.tasks, consumer: queue, log });
      return { slots, consumer, done: this.takeTasks(consumer, slots) };
    });
    this.announcer.start();
  }

  get running(): number {
    return this.runner.count;
  }

  async stop(): Promise<void> {
    const { log, shutdownGraceMs } = this.parts;
    for (const { slots } of this.intakes) slots.close();
    await Promise.all(this.intakes.map(({ consumer }) => consumer.stop()));
    if (!(await this.runner.allDone(shutdownGraceMs))) {
      this.runner.abortAll('shutdown', 'the worker shuts down');
      await this.runner.allDone(tidyUpMs);
      this.runner.handBackAll();
    }
    if (!(await this.sender.drained(handOverMs)))
      log.warn('not every result could be handed over; their tasks are delivered again');
    await this.dead.settled();
    this.sweep.stop();
    this.announcer.leave();
    this.sender.close();
    await Promise.all(this.intakes.map(({ done }) => done));
    await this.aborts.stop();
    await this.flushed();
    this.publisher.close();
  }

  /** What was written last is on its way, unless there is no connection. */
  private async flushed(): Promise<void> {
    const { connection, clock } = this.parts;
    if (connection.isClosed()) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(flushMs, resolve);
      const done = () => {
        cancel();
        resolve();
      };
      connection.flush().then(done, done);
    });
  }

  /** Never more than there are free slots. */
  private async takeTasks(consumer: BatchConsumer, slots: Slots): Promise<void> {
    for (;;) {
      await this.sender.room();
      const free = await slots.free();
      if (free === 0) return;
      const deliveries = await consumer.next(free);
      if (deliveries.length === 0) return;
      for (const delivery of deliveries) this.runner.accept(delivery, slots);
    }
  }
}
