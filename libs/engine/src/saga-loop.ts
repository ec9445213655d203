import { parseStepPath, type ExecutionRecord, type SagaTransaction } from '@jetsaga/contracts';
import { transition, type Effect, type ExecutionState, type Moment, type Plan, type SagaEvent } from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineContext } from './engine-context.ts';
import { GroupCommit } from './group-commit.ts';
import { withOpenedClaimChecks } from './opening.ts';
import type { PlanCache } from './plan-cache.ts';
import type { InputOutcome, SagaInput } from './saga-input.ts';
import { isTransient } from './store-errors.ts';
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
  private postponed = 0;

  constructor(parts: SagaLoopParts) {
    this.parts = parts;
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
    this.inputs.add(input);
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
    const { store, observer } = this.parts.context;
    let transaction: SagaTransaction | null = null;
    const done = this.parts.dispatcher.takeDone();
    try {
      transaction = await store.begin({ executions: scopesByExecution(batch) });
      const outcomes = await this.decideAndCommit(transaction, batch, done);
      transaction = null;
      batch.forEach((input, index) => {
        const outcome = outcomes[index];
        if (outcome === 'busy' || outcome === undefined) this.postpone(input);
        else input.settle(outcome);
      });
      return 'settled';
    } catch (error) {
      this.parts.dispatcher.returnDone(done);
      await transaction?.rollback().catch(() => undefined);
      if (isTransient(error)) {
        observer.failed('transaction', error);
        for (const input of batch) input.settle({ kind: 'unavailable', error });
        await new Promise<void>((resolve) => this.parts.context.clock.after(unavailablePauseMs, resolve));
        return 'settled';
      }
      const [only, ...others] = batch;
      if (!only || others.length > 0) return 'retry halves';
      observer.failed('input', error);
      only.settle({ kind: 'poison', error });
      return 'settled';
    }
  }

  private async decideAndCommit(
    transaction: SagaTransaction,
    batch: readonly SagaInput[],
    done: readonly string[],
  ): Promise<(InputOutcome | 'busy')[]> {
    const { context, dispatcher, tokens, timerSet } = this.parts;
    const at = context.clock.now();
    const changes = new ChangeSet(tokens, at);
    const outcomes: (InputOutcome | 'busy')[] = new Array(batch.length);
    const byExecution = Map.groupBy(
      batch.map((input, index) => ({ input, index })),
      ({ input }) => input.executionId,
    );
    const stepsByExecution = Map.groupBy(transaction.steps, (step) => step.executionId);
    const commandsByExecution = Map.groupBy(transaction.commands, (command) => command.executionId);
    for (const [id, inputs] of byExecution) {
      const execution = transaction.executions.get(id);
      if (!execution) {
        const outcome = transaction.busy.has(id) ? 'busy' : ({ kind: 'unknown_execution' } as const);
        for (const { index } of inputs) outcomes[index] = outcome;
        continue;
      }
      const state: ExecutionState = {
        execution,
        steps: new Map(
          (stepsByExecution.get(id) ?? []).map((step) => [step.scope === '' ? step.node : `${step.scope}/${step.node}`, step]),
        ),
      };
      const events: { event: SagaEvent; commandId?: string }[] = (commandsByExecution.get(id) ?? []).map((command) => ({
        event: { kind: 'command', command, ...this.moment(at) },
        commandId: command.id,
      }));
      for (const { input } of inputs) {
        const event = this.eventOf(input, at);
        if (event) events.push({ event });
      }
      await this.decide(execution, state, events, changes);
      for (const { index } of inputs) outcomes[index] = { kind: 'done' };
    }
    if (changes.isEmpty && done.length === 0) {
      await transaction.rollback();
      return outcomes;
    }
    const outboxId = context.random.uuid();
    await transaction.commit(changes.changes(outboxId, done));
    const aftermath = changes.aftermath(outboxId);
    dispatcher.follow(aftermath);
    for (const status of aftermath.ended) context.observer.ended(status);
    if (aftermath.nextTimerAt !== null) timerSet(aftermath.nextTimerAt);
    return outcomes;
  }

  private async decide(
    execution: ExecutionRecord,
    before: ExecutionState,
    events: readonly { event: SagaEvent; commandId?: string }[],
    changes: ChangeSet,
  ): Promise<void> {
    const plan = await this.planOf(execution);
    const effects: Effect[] = [];
    let state = before;
    for (const { event, commandId } of events) {
      const decision = await withOpenedClaimChecks(this.parts.context.claimChecks, (opened) =>
        transition(plan, state, event, opened),
      );
      if (decision.kind === 'ignored') {
        this.parts.context.observer.ignored(decision.reason);
        if (event.kind === 'timer') changes.timerStale(event.timer);
      } else {
        state = decision.state;
        effects.push(...decision.effects);
      }
      if (commandId !== undefined) changes.commandHandled(commandId, decision.kind === 'ignored' ? decision.reason : 'applied');
    }
    if (state !== before || effects.length > 0) changes.add(plan, before, state, effects);
  }

  private async planOf(execution: ExecutionRecord): Promise<Plan> {
    const plan = await this.parts.plans.plan(execution.workflow, execution.version);
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
