import { parseStepPath, type ClaimCheck, type SagaTransaction, type SlotGroup } from '@jetsaga/contracts';
import { BatchDecider, type Verdict } from './batch-decider.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { GroupCommit } from './group-commit.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import type { PlanCache } from './plan-cache.ts';
import type { QueueWindows } from './queue-windows.ts';
import { isExecutionId, poisonedResult, type InputOutcome, type SagaInput } from './saga-input.ts';
import { askStore, isTransient, StoreFailure } from './store-errors.ts';
import type { TaskTokens } from './task-token.ts';

const batchLimit = 512;
const executionLimit = 256;
const busyPauseMs = 5;
const unavailablePauseMs = 200;

export interface SagaLoopParts {
  readonly context: EngineContext;
  readonly plans: PlanCache;
  readonly dispatcher: Dispatcher;
  readonly tokens: TaskTokens;
  readonly windows: QueueWindows;
  /** Told of every timer that a commit sets, so that it is not slept through. */
  readonly timerSet: (dueAt: number) => void;
  /** Told of the buckets of tasks that a commit holds. */
  readonly tasksHeld: (buckets: ReadonlySet<string>) => void;
  /** Told of groups in which somebody can have the slot that a commit has freed. */
  readonly slotsFreed: (groups: readonly SlotGroup[]) => void;
}

/**
 * The group commit around the pure transition: one transaction at a time takes everything that has gathered, decides,
 * commits, sends what follows from it, and settles the inputs.
 *
 * A batch that makes its transaction fail is halved until the culprit is alone. An execution that another coordinator
 * holds at the moment does not stall the batch: its inputs come again after a short pause.
 */
export class SagaLoop {
  private readonly inputs: GroupCommit<SagaInput>;
  private readonly parts: SagaLoopParts;
  private readonly opened: OpenedClaimCheckCache;
  private readonly decider: BatchDecider;
  private postponed = 0;
  private batches = { taken: 0, full: 0 };

  constructor(parts: SagaLoopParts) {
    this.parts = parts;
    this.opened = new OpenedClaimCheckCache(parts.context.claimChecks);
    this.decider = new BatchDecider({ ...parts, opened: () => this.opened.opened });
    this.inputs = new GroupCommit({
      batchLimit,
      groupLimit: executionLimit,
      groupOf: (input) => input.executionId,
      process: (batch) => {
        this.batches.taken += 1;
        if (batch.length === batchLimit) this.batches.full += 1;
        return this.process(batch);
      },
    });
  }

  /** How many inputs wait, those of busy executions included. */
  get waiting(): number {
    return this.inputs.waiting + this.postponed;
  }

  /** Transactions since the last call, and how many of them had no room for all that waited. */
  takeBatchCounts(): { readonly taken: number; readonly full: number } {
    const counts = this.batches;
    this.batches = { taken: 0, full: 0 };
    return counts;
  }

  add(input: SagaInput): void {
    if (isExecutionId(input.executionId)) this.inputs.add(input);
    else input.settle({ kind: 'unknown_execution' });
  }

  /** Like `add`, as a promise. */
  submit(input: Omit<SagaInput, 'settle'>): Promise<InputOutcome> {
    return new Promise((resolve) => this.add({ ...input, settle: resolve }));
  }

  async stop(): Promise<void> {
    await this.inputs.drained();
  }

  private async process(batch: readonly SagaInput[]): Promise<void> {
    const began = this.parts.context.clock.now();
    const settled = await this.attempt(batch);
    if (settled === 'retry halves') {
      const middle = Math.ceil(batch.length / 2);
      await this.process(batch.slice(0, middle));
      await this.process(batch.slice(middle));
      return;
    }
    const executions = new Set(batch.map((input) => input.executionId)).size;
    this.parts.context.observer.batch(batch.length, executions, this.parts.context.clock.now() - began);
  }

  private async attempt(batch: readonly SagaInput[]): Promise<'settled' | 'retry halves'> {
    const { store, observer, clock } = this.parts.context;
    let transaction: SagaTransaction | null = null;
    const done = this.parts.dispatcher.takeDone();
    try {
      transaction = await askStore(() => store.begin({ executions: scopesByExecution(batch) }));
      const verdicts = await this.decideAndCommit(transaction, batch, done);
      batch.forEach((input, index) => this.conclude(input, verdicts[index] ?? { kind: 'busy' }));
      return 'settled';
    } catch (error) {
      this.parts.dispatcher.returnDone(done);
      await transaction?.rollback().catch(() => undefined);
      if (error instanceof StoreFailure && error.transient) {
        observer.failed('transaction', error.cause);
        for (const input of batch) input.settle({ kind: 'unavailable', error: error.cause });
        await new Promise<void>((resolve) => clock.after(unavailablePauseMs, resolve));
        return 'settled';
      }
      const [only, ...others] = batch;
      if (!only || others.length > 0) return 'retry halves';
      this.poisoned(only, error);
      return 'settled';
    }
  }

  private conclude(input: SagaInput, verdict: Verdict): void {
    switch (verdict.kind) {
      case 'busy':
        this.postpone(input);
        return;
      case 'opening':
        this.addOnceLoaded(input, verdict.reference);
        return;
      case 'done':
      case 'unknown_execution':
      case 'unavailable':
      case 'poison':
        input.settle(verdict);
        return;
    }
  }

  /** The culprit is alone. A result is replaced by a failure of its step, once; anything else is given up. */
  private poisoned(input: SagaInput, error: unknown): void {
    this.parts.context.observer.failed('input', error);
    const { body } = input;
    if (body.kind === 'result' && body.result.error?.code !== 'RESULT_POISON') {
      this.inputs.add({ ...input, body: { kind: 'result', result: poisonedResult(body.result, error) } });
    } else {
      input.settle({ kind: 'poison', error });
    }
  }

  /** Loads a claim check that a decision looks into, outside every transaction, and lets the input come again. */
  private addOnceLoaded(input: SagaInput, reference: ClaimCheck): void {
    this.postponed += 1;
    this.opened
      .load(reference)
      .then(
        () => this.inputs.add(input),
        (error: unknown) => {
          if (isTransient(error)) input.settle({ kind: 'unavailable', error });
          else this.poisoned(input, error);
        },
      )
      .finally(() => (this.postponed -= 1));
  }

  private async decideAndCommit(
    transaction: SagaTransaction,
    batch: readonly SagaInput[],
    done: readonly string[],
  ): Promise<readonly Verdict[]> {
    const { context, dispatcher, timerSet, slotsFreed, tasksHeld, windows } = this.parts;
    const { changes, verdicts } = await this.decider.decide(transaction, batch);
    const outboxId = context.random.uuid();
    if (changes.isEmpty && done.length === 0) {
      await transaction.rollback();
    } else {
      await changes.checkLargeTasks(context.claimChecks);
      const { freed } = await askStore(() => transaction.commit(changes.changes(outboxId, done)));
      if (freed.length > 0) slotsFreed(freed);
    }
    const aftermath = changes.aftermath(outboxId);
    if (changes.heldBuckets.size > 0) tasksHeld(changes.heldBuckets);
    dispatcher.follow(aftermath);
    if (windows.counts) windows.settled(changes.settledQueues);
    for (const status of aftermath.ended) context.observer.ended(status);
    if (aftermath.nextTimerAt !== null) timerSet(aftermath.nextTimerAt);
    return verdicts;
  }

  private postpone(input: SagaInput): void {
    const { clock, random } = this.parts.context;
    this.postponed += 1;
    clock.after(busyPauseMs + Math.round(random.number() * busyPauseMs * 4), () => {
      this.postponed -= 1;
      this.inputs.add(input);
    });
  }
}

function scopesByExecution(batch: readonly SagaInput[]): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const input of batch) {
    const scopes = wanted.get(input.executionId);
    if (scopes) scopes.add(input.scope);
    else wanted.set(input.executionId, new Set(['', input.scope]));
  }
  return wanted;
}

/** The scope of the step that a path names. */
export function scopeOf(path: string): string {
  return parseStepPath(path).scope;
}
