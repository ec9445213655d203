import {
  parseStepPath,
  stepPath,
  type ClaimCheck,
  type ExecutionRecord,
  type SagaTransaction,
  type TimerRecord,
} from '@jetsaga/contracts';
import {
  ClaimCheckNeeded,
  transition,
  type Effect,
  type ExecutionState,
  type Moment,
  type Plan,
  type SagaEvent,
} from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { GroupCommit } from './group-commit.ts';
import { OpenedClaimCheckCache } from './opened-claim-checks.ts';
import type { PlanCache } from './plan-cache.ts';
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
  /** Told of every timer that a commit sets, so that it is not slept through. */
  readonly timerSet: (dueAt: number) => void;
}

/** What becomes of an input in one batch: settled, or added again after a pause or once the claim check is loaded. */
type Verdict = InputOutcome | { readonly kind: 'busy' } | { readonly kind: 'opening'; readonly reference: ClaimCheck };

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
  private postponed = 0;

  constructor(parts: SagaLoopParts) {
    this.parts = parts;
    this.opened = new OpenedClaimCheckCache(parts.context.claimChecks);
    this.inputs = new GroupCommit({
      batchLimit,
      groupLimit: executionLimit,
      groupOf: (input) => input.executionId,
      process: (batch) => this.process(batch),
    });
  }

  /** How many inputs wait, those of busy executions included. */
  get waiting(): number {
    return this.inputs.waiting + this.postponed;
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
  ): Promise<Verdict[]> {
    const { context, dispatcher, tokens, timerSet } = this.parts;
    const at = context.clock.now();
    const changes = new ChangeSet(tokens, at);
    const verdicts: Verdict[] = new Array(batch.length);
    const byExecution = Map.groupBy(
      batch.map((input, index) => ({ input, index })),
      ({ input }) => input.executionId,
    );
    const stepsByExecution = Map.groupBy(transaction.steps, (step) => step.executionId);
    const commandsByExecution = Map.groupBy(transaction.commands, (command) => command.executionId);
    for (const [id, inputs] of byExecution) {
      const execution = transaction.executions.get(id);
      if (!execution) {
        const verdict: Verdict = transaction.busy.has(id) ? { kind: 'busy' } : { kind: 'unknown_execution' };
        for (const { index } of inputs) verdicts[index] = verdict;
        continue;
      }
      const steps = new Map((stepsByExecution.get(id) ?? []).map((step) => [stepPath(step.scope, step.node), step]));
      const events: { event: SagaEvent; commandId?: string }[] = (commandsByExecution.get(id) ?? []).map((command) => ({
        event: { kind: 'command', command, ...this.moment(at) },
        commandId: command.id,
      }));
      for (const { input } of inputs) {
        const event = this.eventOf(input, at);
        if (event) events.push({ event });
      }
      const verdict = await this.decide(execution, { execution, steps }, events, changes);
      for (const { index } of inputs) verdicts[index] = verdict;
    }
    const outboxId = context.random.uuid();
    if (changes.isEmpty && done.length === 0) {
      await transaction.rollback();
    } else {
      await changes.checkLargeTasks(context.claimChecks);
      await askStore(() => transaction.commit(changes.changes(outboxId, done)));
    }
    const aftermath = changes.aftermath(outboxId);
    dispatcher.follow(aftermath);
    for (const status of aftermath.ended) context.observer.ended(status);
    if (aftermath.nextTimerAt !== null) timerSet(aftermath.nextTimerAt);
    return verdicts;
  }

  /** Applies the events one after the other; all of them or, where one looks into a claim check that is not loaded, none. */
  private async decide(
    execution: ExecutionRecord,
    before: ExecutionState,
    events: readonly { event: SagaEvent; commandId?: string }[],
    changes: ChangeSet,
  ): Promise<Verdict> {
    const plan = await this.planOf(execution);
    const effects: Effect[] = [];
    const handled: { id: string; outcome: string }[] = [];
    const stale: TimerRecord[] = [];
    let state = before;
    try {
      for (const { event, commandId } of events) {
        const decision = transition(plan, state, event, this.opened.opened);
        if (decision.kind === 'ignored') {
          this.parts.context.observer.ignored(decision.reason);
          if (event.kind === 'timer') stale.push(event.timer);
        } else {
          state = decision.state;
          effects.push(...decision.effects);
        }
        if (commandId !== undefined)
          handled.push({ id: commandId, outcome: decision.kind === 'ignored' ? decision.reason : 'applied' });
      }
    } catch (error) {
      if (error instanceof ClaimCheckNeeded) return { kind: 'opening', reference: error.reference };
      throw error;
    }
    if (state !== before || effects.length > 0) changes.add(plan, before, state, effects);
    for (const { id, outcome } of handled) changes.commandHandled(id, outcome);
    for (const timer of stale) changes.timerStale(timer);
    return { kind: 'done' };
  }

  private async planOf(execution: ExecutionRecord): Promise<Plan> {
    const plan = await askStore(() => this.parts.plans.plan(execution.workflow, execution.version));
    if (!plan)
      throw new Error(
        `definition ${execution.workflow} version ${execution.version} is gone, but execution ${execution.id} needs it`,
      );
    return plan;
  }

  private eventOf(input: SagaInput, at: number): SagaEvent | null {
    const { body } = input;
    switch (body.kind) {
      case 'result':
        return { kind: 'result', result: body.result, ...this.moment(at) };
      case 'started':
        return { kind: 'started', start: body.start, ...this.moment(at) };
      case 'timer':
        return { kind: 'timer', timer: body.timer, ...this.moment(at) };
      case 'lost':
        return { kind: 'lost', dispatch: body.dispatch, ...this.moment(at) };
      case 'poke':
        return null;
    }
  }

  private moment(at: number): Moment {
    return { at, entropy: this.parts.context.random.number() };
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
