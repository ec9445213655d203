import {
  taskMessageId,
  stepPath,
  type DispatchRecord,
  type DispatchRef,
  type OutboxBatch,
  type SlotGroup,
  type TaskStreamState,
} from '@jetsaga/contracts';
import type { Admissions } from './admissions.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import type { RateGate } from './rate-gate.ts';
import type { SagaLoop } from './saga-loop.ts';

const everyMs = 1_000;
/** Older than anything a living process leaves in the outbox. */
const outboxGraceMs = 6_000;
const commandGraceMs = 2_000;
const recordLimit = 2_000;
const commandLimit = 2_000;
const readsAtOnce = 32;
/** Results that wait in the stream may be those of tasks that look lost; for so long at most they are given the time. */
const resultGraceMs = 30_000;
const outboxLimit = 200;
const slotGroupLimit = 500;
const bucketLimit = 500;
/** Longer than it takes to have a task sent whose turn has come. */
const releaseGraceMs = 6_000;
const roundsBetweenStreamChecks = 5;

/**
 * Notices what has been lost and sets it going again:
 *
 * - streams and consumers that are gone are made anew;
 * - outbox batches of dead processes are taken over;
 * - a task whose message is not where it was put is dispatched again. A record is suspect when the stream was made anew,
 *   when its place is unknown, when acknowledgements fell back below it, when it lies beyond the stream's end, or when
 *   the consumer has been past it; reading the message at its place decides;
 * - commands whose poke was lost are looked at;
 * - executions that wait for a slot which is free are started;
 * - tasks that a rate limit holds are let go, and those that it let go are sent;
 * - what was taken from a queue's backlog and not sent waits again.
 *
 * Every coordinator runs one; what two of them do twice is ignored as stale.
 */
export class Reconciler {
  private cancelNext: (() => void) | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;
  private rounds = 0;
  private cursor: DispatchRecord | null = null;
  private slotCursor: SlotGroup | null = null;
  private regressedTo: number | null = null;
  private roundsLeftToCheck = 0;
  private resultsWaitSince: number | null = null;
  private readonly context: EngineContext;
  private readonly loop: SagaLoop;
  private readonly dispatcher: Dispatcher;
  private bucketCursor = '';
  private readonly waiting: { readonly admissions: Admissions; readonly rateGate: RateGate };

  constructor(context: EngineContext, loop: SagaLoop, dispatcher: Dispatcher, waiting: Reconciler['waiting']) {
    this.waiting = waiting;
    this.context = context;
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelNext?.();
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    const jitter = this.context.random.number() * everyMs * 0.2;
    this.cancelNext = this.context.clock.after(everyMs + jitter, () => {
      this.running = this.run().finally(() => {
        this.running = null;
        this.schedule();
      });
    });
  }

  private async run(): Promise<void> {
    for (const [what, work] of [
      ['streams', () => this.checkTasks()],
      ['outbox', () => this.takeOverOutbox()],
      ['commands', () => this.pokeForgotten()],
      ['slots', () => this.lookForFreeSlots()],
      ['backlog', () => this.context.store.giveBackBacklog(this.context.clock.now() - releaseGraceMs)],
      ['rate limits', () => this.lookAtHeldTasks()],
    ] as const) {
      try {
        await work();
      } catch (error) {
        this.context.observer.failed(`reconciler: ${what}`, error);
      }
    }
  }

  private async checkTasks(): Promise<void> {
    const { bus, store } = this.context;
    let stream = await bus.taskStream();
    this.rounds += 1;
    if (!stream || this.rounds % roundsBetweenStreamChecks === 0) {
      await bus.ensureStreams();
      stream = await bus.taskStream();
      if (!stream) return;
    }
    this.dispatcher.sawStream(stream.created);
    for (const queue of this.dispatcher.knownQueues) if (!stream.delivered.has(queue)) await bus.ensureQueue(queue);
    const page = await store.dispatches(this.cursor, recordLimit);
    const open = page.filter((record) => record.state === 'open');
    const regressedTo = this.regression();
    const suspects = open.filter((record) => isSuspect(record, stream, regressedTo));
    const present = await inGroups(suspects, (record) => this.isPresent(record));
    const moved = suspects.filter((record, index) => present[index] && record.streamCreated !== stream.created);
    const lost = suspects.filter((_, index) => !present[index]);
    if (moved.length > 0)
      await store.recordDispatches(
        moved.map((record) => ({ ...record, streamCreated: stream.created })),
        [],
      );
    if (await this.resultsMayWait()) return;
    await this.dispatchAgain(lost);
    await this.forget(page.filter((record) => record.state !== 'open'));
    this.advance(page);
  }

  /** Walks through all records, a page a round, and begins anew at the end. */
  private advance(page: readonly DispatchRecord[]): void {
    this.cursor = page.length < recordLimit ? null : (page[page.length - 1] ?? null);
    if (this.cursor === null && this.roundsLeftToCheck > 0) this.roundsLeftToCheck -= 1;
    if (this.roundsLeftToCheck === 0) this.regressedTo = null;
  }

  /** Where acknowledgements fell back to; kept until every record has been looked at since. */
  private regression(): number | null {
    const fresh = this.dispatcher.takeRegression();
    if (fresh !== null) {
      this.regressedTo = Math.min(this.regressedTo ?? fresh, fresh);
      this.roundsLeftToCheck = 2;
    }
    return this.regressedTo;
  }

  private async forget(records: readonly (DispatchRecord & { readonly state: string })[]): Promise<void> {
    for (const record of records) {
      if (record.state === 'cancelled' && record.sequence !== null) await this.dispatcher.removeMessage(record, record.sequence);
    }
    await this.context.store.forgetDispatches(records);
  }

  /** After an outage finished work waits in the stream: what looks lost may have its result there. */
  private async resultsMayWait(): Promise<boolean> {
    const { bus, clock } = this.context;
    if ((await bus.pendingSagaMessages()) === 0) {
      this.resultsWaitSince = null;
      return false;
    }
    this.resultsWaitSince ??= clock.now();
    return clock.now() - this.resultsWaitSince < resultGraceMs;
  }

  private async isPresent(record: DispatchRecord): Promise<boolean> {
    if (record.sequence === null) return false;
    const id = await this.context.bus.taskMessageIdAt(record.sequence);
    return id === taskMessageId(record.executionId, stepPath(record.scope, record.node), record.attempt, record.dispatch);
  }

  private async takeOverOutbox(): Promise<void> {
    if (await this.resultsMayWait()) return;
    const { store, clock } = this.context;
    const now = clock.now();
    const batches = await store.claimOutbox(now - outboxGraceMs, now, outboxLimit);
    const finished = await Promise.all(batches.map((batch) => this.takeOver(batch)));
    await store.forgetOutbox(batches.filter((_, index) => finished[index]).map((batch) => batch.id));
  }

  /** Tasks that are on record are looked after by their records. */
  private async takeOver(batch: OutboxBatch): Promise<boolean> {
    const recorded = new Set(await this.context.store.recordedDispatches(batch.tasks));
    const [unsent, dispatched] = await Promise.all([
      this.dispatcher.deliver(batch.messages),
      this.dispatchAgain(batch.tasks.filter((ref) => !recorded.has(ref))),
    ]);
    return unsent.length === 0 && dispatched;
  }

  /** Resolves to whether all of it is committed. What is not open any more is ignored as stale. */
  private async dispatchAgain(refs: readonly DispatchRef[]): Promise<boolean> {
    if (refs.length === 0) return true;
    const outcomes = await Promise.all(
      refs.map(({ executionId, scope, node, attempt, dispatch }) =>
        this.loop.submit({
          executionId,
          scope,
          body: { kind: 'lost', dispatch: { executionId, scope, node, attempt, dispatch } },
        }),
      ),
    );
    this.context.observer.redispatched(refs.length);
    return outcomes.every((outcome) => outcome.kind === 'done' || outcome.kind === 'unknown_execution');
  }

  /** Group by group, some of them a round. */
  private async lookForFreeSlots(): Promise<void> {
    const groups = await this.context.store.groupsWaitingForSlots(this.slotCursor, slotGroupLimit);
    this.slotCursor = groups.length < slotGroupLimit ? null : (groups[groups.length - 1] ?? null);
    this.waiting.admissions.noticed(groups);
  }

  private async lookAtHeldTasks(): Promise<void> {
    const { store, clock } = this.context;
    const buckets = await store.bucketsWithHeldTasks(this.bucketCursor, bucketLimit);
    this.bucketCursor = buckets.length < bucketLimit ? '' : (buckets[buckets.length - 1] ?? '');
    this.waiting.rateGate.noticed(buckets);
    const left = await store.releasedTasksLeft(clock.now() - releaseGraceMs, recordLimit);
    await Promise.all(
      left.map((task) =>
        this.loop.submit({ executionId: task.executionId, scope: task.scope, body: { kind: 'released', task } }),
      ),
    );
  }

  private async pokeForgotten(): Promise<void> {
    const ids = await this.context.store.executionsWithCommands(this.context.clock.now() - commandGraceMs, commandLimit);
    await Promise.all(ids.map((executionId) => this.loop.submit({ executionId, scope: '', body: { kind: 'poke' } })));
  }
}

function isSuspect(record: DispatchRecord, stream: TaskStreamState, regressedTo: number | null): boolean {
  if (record.sequence === null || record.streamCreated !== stream.created) return true;
  if (record.sequence > stream.lastSequence) return true;
  if (regressedTo !== null && record.sequence >= regressedTo) return true;
  return record.sequence <= (stream.delivered.get(record.queue) ?? 0);
}

/** Asks for all of them, a few at a time. */
async function inGroups<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let from = 0; from < items.length; from += readsAtOnce) {
    answers.push(...(await Promise.all(items.slice(from, from + readsAtOnce).map(ask))));
  }
  return answers;
}
