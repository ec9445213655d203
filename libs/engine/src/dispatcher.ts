import {
  cloudEventSchema,
  stepPath,
  taskMessageId,
  type CloudEvent,
  type DispatchRecord,
  type DispatchRef,
  type OutboxMessage,
  type PublishOutcome,
} from '@jetsaga/contracts';
import type { Aftermath, PreparedTask } from './change-set.ts';
import { DispatchLedger, type TrackedTask } from './dispatch-ledger.ts';
import type { EngineContext } from './engine-context.ts';
import { MessageRetries } from './message-retries.ts';

/** A task that has not settled by then gets a row of its own, with the place of its message. */
const recordAfterMs = 2_000;
const sweepEveryMs = 500;
const sweepLimit = 2_000;
/** Far from what a message may hold, whatever the paths are like. */
const abortsPerMessage = 500;
/** Rows of batches that are still being worked on are renewed well before anybody takes them over. */
const renewAfterMs = 2_000;

/**
 * Sends what commits have caused, and remembers it until it is either over or on record.
 *
 * A task that is still open after 2 s gets a row in `saga.dispatches`, with the place of its message. The outbox row of a commit
 * stays until all of it is certain, renewed while this process lives, for another one to take over should it die.
 */
export class Dispatcher {
  private readonly ledger = new DispatchLedger();
  private readonly queues = new Set<string>();
  private readonly retries: MessageRetries;
  private cancelSweep: (() => void) | null = null;
  private sweeping: Promise<void> | null = null;
  private stopped = false;
  private inFlight = 0;
  private idle: (() => void) | null = null;
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
    this.retries = new MessageRetries(
      context.clock,
      (batches) => this.sendBatches(batches),
      (outboxId) => this.ledger.abandon(outboxId),
    );
    this.scheduleSweep();
  }

  /** Queues that tasks were sent to. */
  get knownQueues(): Iterable<string> {
    return this.queues;
  }

  /** Tasks sent in the last seconds and not known to be settled. */
  get sentLately(): number {
    return this.ledger.size;
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
    return this.ledger.takeDone();
  }

  /** Gives back what a failed commit could not forget. */
  returnDone(ids: readonly string[]): void {
    this.ledger.returnDone(ids);
  }

  /** Called right after COMMIT; returns at once, and does not throw: the outbox row makes up for what goes wrong here. */
  follow(aftermath: Aftermath): void {
    try {
      this.send(aftermath);
    } catch (error) {
      this.context.observer.failed('dispatch', error);
    }
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

  /** Takes a message out of the stream, if it is still that dispatch's. */
  async removeMessage(ref: DispatchRef, sequence: number): Promise<void> {
    const { bus } = this.context;
    const id = taskMessageId(ref.executionId, stepPath(ref.scope, ref.node), ref.attempt, ref.dispatch);
    if ((await bus.taskMessageIdAt(sequence)) === id) await bus.deleteTask(sequence);
  }

  /** Puts on record what is still open, so that nobody has to take it over. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelSweep?.();
    this.retries.stop();
    await this.sweeping;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.sweep(Infinity).catch((error: unknown) => this.context.observer.failed('dispatch records', error));
  }

  private send(aftermath: Aftermath): void {
    const { outboxId } = aftermath;
    for (const ref of aftermath.settled) this.ledger.settle(ref);
    if (outboxId !== null) {
      this.ledger.open(outboxId, aftermath.tasks.length, aftermath.messages.length > 0, this.context.clock.now());
      if (aftermath.tasks.length > 0) this.sendTasks(outboxId, aftermath.tasks);
      if (aftermath.messages.length > 0) this.during(this.sendMessages(outboxId, aftermath.messages));
    }
    if (aftermath.withdrawn.length > 0) this.withdraw(aftermath.withdrawn);
    for (const notice of aftermath.notices) this.context.bus.broadcast(notice.subject, notice.body);
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

  private sendTasks(outboxId: string, tasks: readonly PreparedTask[]): void {
    const sentAt = this.context.clock.now();
    const entries = tasks.map(({ ref, queue }) => {
      const entry: TrackedTask = { ref, queue, outboxId, sentAt, sequence: null, acknowledged: false };
      this.ledger.track(entry);
      if (!this.queues.has(queue)) this.ensureQueue(queue);
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

  private async sendBatches(batches: ReadonlyMap<string, readonly OutboxMessage[]>): Promise<Map<string, OutboxMessage[]>> {
    const unsent = new Set(await this.deliver([...batches.values()].flat()));
    const left = new Map<string, OutboxMessage[]>();
    for (const [outboxId, messages] of batches) {
      const again = messages.filter((message) => unsent.has(message));
      if (again.length > 0) left.set(outboxId, again);
      else this.ledger.messagesSent(outboxId);
    }
    return left;
  }

  private async sendMessages(outboxId: string, messages: readonly OutboxMessage[]): Promise<void> {
    for (const [id, unsent] of await this.sendBatches(new Map([[outboxId, messages]]))) this.retries.add(id, unsent);
  }

  private withdraw(refs: readonly DispatchRef[]): void {
    const aborts = refs.map((ref) => ({
      executionId: ref.executionId,
      path: stepPath(ref.scope, ref.node),
      attempt: ref.attempt,
      reason: 'cancelled',
    }));
    for (let from = 0; from < aborts.length; from += abortsPerMessage) {
      this.context.bus.abort({ v: 1, aborts: aborts.slice(from, from + abortsPerMessage) });
    }
    for (const ref of refs) {
      const sequence = this.ledger.tracked(ref)?.sequence;
      if (sequence != null) this.during(this.removeMessage(ref, sequence));
      this.ledger.settle(ref);
    }
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
    this.cancelSweep = this.context.clock.after(sweepEveryMs, () => {
      this.sweeping = this.sweep(this.context.clock.now() - recordAfterMs)
        .catch((error: unknown) => this.context.observer.failed('dispatch records', error))
        .finally(() => this.scheduleSweep());
    });
  }

  /** Records every acknowledged task that was sent before the horizon, forgets batches that are done, renews the others. */
  private async sweep(horizon: number): Promise<void> {
    for (;;) {
      const due = this.ledger.sentBefore(horizon, sweepLimit);
      const done = this.takeDone();
      if (due.length === 0 && done.length === 0) break;
      await this.record(due, done);
    }
    await this.renewOpenBatches();
  }

  private async record(due: readonly TrackedTask[], done: readonly string[]): Promise<void> {
    const records = due.map(({ ref, queue, sequence, sentAt }): DispatchRecord => ({
      ...ref,
      queue,
      streamCreated: sequence === null ? null : this.streamCreated,
      sequence,
      dispatchedAt: sentAt,
    }));
    try {
      const cancelled = await this.context.store.recordDispatches(records, done);
      for (const record of cancelled) if (record.sequence !== null) await this.removeMessage(record, record.sequence);
    } catch (error) {
      this.returnDone(done);
      throw error;
    }
    for (const entry of due) this.ledger.settle(entry.ref);
  }

  private async renewOpenBatches(): Promise<void> {
    const now = this.context.clock.now();
    const open = this.ledger.notRenewedSince(now - renewAfterMs);
    if (open.length === 0) return;
    await this.context.store.renewOutbox(open, now);
    this.ledger.renewed(open, now);
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
