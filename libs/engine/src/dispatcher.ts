import {
  cloudEventSchema,
  type CloudEvent,
  type DispatchRecord,
  type OutboxMessage,
  type PublishOutcome,
} from '@jetsaga/contracts';
import { dispatchId, type Aftermath, type PreparedTask } from './change-set.ts';
import type { EngineContext } from './engine-context.ts';

/** A task that has not settled by then gets a row of its own, with the place of its message. */
const recordAfterMs = 2_000;
const sweepEveryMs = 500;
const republishAfterMs = 250;
const sweepLimit = 2_000;

interface TrackedTask {
  readonly prepared: PreparedTask;
  readonly outboxId: string;
  readonly sentAt: number;
  sequence: number | null;
  acknowledged: boolean;
}

interface OutboxState {
  readonly id: string;
  openTasks: number;
  messagesPending: boolean;
}

/**
 * Sends what commits have caused, and remembers it until it is either over or on record.
 *
 * A task is tracked from its commit until it settles here (`settled`), or, after 2 s, until it has a row in
 * `saga.dispatches`. An outbox batch is done when all its messages are acknowledged and none of its tasks is tracked any
 * more; until then its row stays, for another process to take over should this one die.
 */
export class Dispatcher {
  private readonly tracked = new Map<string, TrackedTask>();
  private readonly outbox = new Map<string, OutboxState>();
  private readonly queues = new Set<string>();
  private done: string[] = [];
  private stopSweep: (() => void) | null = null;
  private stopped = false;
  private inFlight = 0;
  private idle: (() => void) | null = null;
  private sweeping: Promise<void> | null = null;
  private highWater = 0;
  private regressedTo: number | null = null;
  private streamCreated: string | null = null;
  private readonly context: EngineContext;
  private readonly acceptEvent: (event: CloudEvent) => Promise<unknown>;

  /**
   * `acceptEvent` starts what listens to an event. It is called for every event sent from here, beside publishing it, so that an
   * event's executions do not hang on the stream keeping it; what the stream delivers as well is known by then.
   */
  constructor(context: EngineContext, acceptEvent: (event: CloudEvent) => Promise<unknown>) {
    this.context = context;
    this.acceptEvent = acceptEvent;
    this.scheduleSweep();
  }

  /** Queues that tasks were sent to. */
  get knownQueues(): Iterable<string> {
    return this.queues;
  }

  /** The stream's creation time, which the reconciler keeps up to date. */
  sawStream(created: string): void {
    this.streamCreated = created;
  }

  /**
   * Where acknowledged sequences fell back to, if they did: the stream has lost its end or was made anew, and every
   * record above it must be checked. Asking takes it back.
   */
  takeRegression(): number | null {
    const value = this.regressedTo;
    this.regressedTo = null;
    return value;
  }

  /** Outbox batches to forget in the next commit. */
  takeDone(): string[] {
    const done = this.done;
    this.done = [];
    return done;
  }

  /** Gives back what a failed commit could not forget. */
  returnDone(ids: readonly string[]): void {
    this.done.push(...ids);
  }

  /** Called right after COMMIT; returns at once. */
  follow(aftermath: Aftermath): void {
    const { outboxId } = aftermath;
    for (const ref of aftermath.settled) this.settle(dispatchId(ref));
    if (outboxId !== null) {
      this.outbox.set(outboxId, {
        id: outboxId,
        openTasks: aftermath.tasks.length,
        messagesPending: aftermath.messages.length > 0,
      });
      if (aftermath.tasks.length > 0) this.sendTasks(outboxId, aftermath.tasks);
      if (aftermath.messages.length > 0) this.sendMessages(outboxId, aftermath.messages);
    }
    for (const notice of aftermath.notices) this.context.bus.broadcast(notice.subject, notice.body);
    if (aftermath.withdrawn.length > 0) this.withdraw(aftermath);
  }

  /** Sends messages and accepts the events among them; resolves to those it could not be certain of. */
  async deliver(messages: readonly OutboxMessage[]): Promise<OutboxMessage[]> {
    if (messages.length === 0) return [];
    const [outcomes, accepted] = await Promise.all([
      this.context.bus.publish(messages),
      Promise.all(messages.map((message) => this.accepted(message))),
    ]);
    const failed = outcomes.find((outcome) => !outcome.ok);
    if (failed && !failed.ok) this.context.observer.failed('message publish', failed.error);
    return messages.filter((_, index) => !outcomes[index]?.ok || !accepted[index]);
  }

  private async accepted(message: OutboxMessage): Promise<boolean> {
    if (!message.subject.startsWith('events.')) return true;
    try {
      await this.acceptEvent(cloudEventSchema.parse(message.body));
      return true;
    } catch (error) {
      this.context.observer.failed('event', error);
      return false;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopSweep?.();
    await this.sweeping;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.context.store
      .forgetOutbox(this.takeDone())
      .catch((error: unknown) => this.context.observer.failed('outbox', error));
  }

  private sendTasks(outboxId: string, tasks: readonly PreparedTask[]): void {
    const sentAt = this.context.clock.now();
    const entries = tasks.map((prepared) => {
      const entry: TrackedTask = { prepared, outboxId, sentAt, sequence: null, acknowledged: false };
      this.tracked.set(dispatchId(prepared.ref), entry);
      if (!this.queues.has(prepared.queue)) this.ensureQueue(prepared.queue);
      return entry;
    });
    this.during(
      this.context.bus.publishTasks(tasks).then((outcomes) => {
        outcomes.forEach((outcome, index) => {
          const entry = entries[index];
          if (entry) this.acknowledge(entry, outcome);
        });
      }),
    );
  }

  private acknowledge(entry: TrackedTask, outcome: PublishOutcome): void {
    entry.acknowledged = true;
    if (!outcome.ok) {
      this.context.observer.failed('task publish', outcome.error);
      return;
    }
    const { sequence, duplicate } = outcome.acknowledgement;
    if (duplicate) return;
    entry.sequence = sequence;
    if (sequence <= this.highWater) this.regressedTo = Math.min(this.regressedTo ?? sequence, sequence);
    this.highWater = sequence;
  }

  private sendMessages(outboxId: string, messages: readonly OutboxMessage[]): void {
    this.during(
      this.deliver(messages).then((failed) => {
        if (failed.length === 0) {
          const state = this.outbox.get(outboxId);
          if (state) state.messagesPending = false;
          this.finishOutbox(outboxId);
        } else if (!this.stopped) {
          this.context.clock.after(republishAfterMs, () => this.sendMessages(outboxId, failed));
        }
      }),
    );
  }

  private withdraw(aftermath: Aftermath): void {
    const aborts = aftermath.withdrawn.map((ref) => ({
      executionId: ref.executionId,
      path: ref.scope === '' ? ref.node : `${ref.scope}/${ref.node}`,
      attempt: ref.attempt,
      reason: 'cancelled',
    }));
    this.context.bus.abort({ v: 1, aborts });
    for (const ref of aftermath.withdrawn) {
      const id = dispatchId(ref);
      const entry = this.tracked.get(id);
      if (entry?.sequence != null) this.during(this.context.bus.deleteTask(entry.sequence));
      this.settle(id);
    }
  }

  private settle(id: string): void {
    const entry = this.tracked.get(id);
    if (!entry) return;
    this.tracked.delete(id);
    const state = this.outbox.get(entry.outboxId);
    if (!state) return;
    state.openTasks -= 1;
    this.finishOutbox(entry.outboxId);
  }

  private finishOutbox(id: string): void {
    const state = this.outbox.get(id);
    if (!state || state.openTasks > 0 || state.messagesPending) return;
    this.outbox.delete(id);
    this.done.push(id);
  }

  private ensureQueue(queue: string): void {
    this.queues.add(queue);
    this.during(
      this.context.bus.ensureQueue(queue).catch((error: unknown) => {
        this.queues.delete(queue);
        this.context.observer.failed('queue consumer', error);
      }),
    );
  }

  private scheduleSweep(): void {
    if (this.stopped) return;
    this.stopSweep = this.context.clock.after(sweepEveryMs, () => {
      this.sweeping = this.sweep()
        .catch((error: unknown) => this.context.observer.failed('dispatch records', error))
        .finally(() => this.scheduleSweep());
    });
  }

  private async sweep(): Promise<void> {
    const horizon = this.context.clock.now() - recordAfterMs;
    const due: TrackedTask[] = [];
    for (const entry of this.tracked.values()) {
      if (entry.sentAt > horizon || due.length >= sweepLimit) break;
      if (entry.acknowledged) due.push(entry);
    }
    const done = this.takeDone();
    if (due.length === 0 && done.length === 0) return;
    const records = due.map((entry): DispatchRecord => ({
      ...entry.prepared.ref,
      queue: entry.prepared.queue,
      streamCreated: entry.sequence === null ? null : this.streamCreated,
      sequence: entry.sequence,
      dispatchedAt: entry.sentAt,
    }));
    try {
      const cancelled = await this.context.store.recordDispatches(records, done);
      for (const record of cancelled) if (record.sequence !== null) await this.context.bus.deleteTask(record.sequence);
    } catch (error) {
      this.returnDone(done);
      throw error;
    }
    for (const entry of due) this.settle(dispatchId(entry.prepared.ref));
  }

  private during(work: Promise<unknown>): void {
    this.inFlight += 1;
    void work
      .catch((error: unknown) => this.context.observer.failed('publish', error))
      .finally(() => {
        this.inFlight -= 1;
        if (this.inFlight === 0) this.idle?.();
      });
  }
}
