import { stepPath, type ClaimCheck, type ExecutionRecord, type SagaTransaction, type TimerRecord } from '@jetsaga/contracts';
import {
  ClaimCheckNeeded,
  transition,
  type Effect,
  type ExecutionState,
  type Moment,
  type OpenedClaimChecks,
  type Plan,
  type SagaEvent,
} from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { EngineContext } from './engine-context.ts';
import type { PlanCache } from './plan-cache.ts';
import type { QueueWindows } from './queue-windows.ts';
import type { InputOutcome, SagaInput } from './saga-input.ts';
import { askStore } from './store-errors.ts';
import type { TaskTokens } from './task-token.ts';

/** What becomes of an input in one batch: settled, or added again after a pause or once the claim check is loaded. */
export type Verdict = InputOutcome | { readonly kind: 'busy' } | { readonly kind: 'opening'; readonly reference: ClaimCheck };

export interface BatchDecision {
  readonly changes: ChangeSet;
  /** One per input, in order. */
  readonly verdicts: readonly Verdict[];
}

export interface BatchDeciderParts {
  readonly context: EngineContext;
  readonly plans: PlanCache;
  readonly tokens: TaskTokens;
  readonly windows: QueueWindows;
  /** Claim checks that are loaded at the moment. */
  readonly opened: () => OpenedClaimChecks;
}

interface CommandedEvent {
  readonly event: SagaEvent;
  /** The command it comes from, to be marked as handled. */
  readonly commandId?: string;
}

/** Decides about the inputs of one transaction, execution by execution: commands first, then the inputs in order. */
export class BatchDecider {
  private readonly parts: BatchDeciderParts;

  constructor(parts: BatchDeciderParts) {
    this.parts = parts;
  }

  async decide(transaction: SagaTransaction, batch: readonly SagaInput[]): Promise<BatchDecision> {
    const at = this.parts.context.clock.now();
    const changes = new ChangeSet(this.parts.tokens, at, this.parts.windows);
    const verdicts: Verdict[] = new Array(batch.length);
    const byExecution = Map.groupBy(
      batch.map((input, index) => ({ input, index })),
      ({ input }) => input.executionId,
    );
    const stepsByExecution = Map.groupBy(transaction.steps, (step) => step.executionId);
    const commandsByExecution = Map.groupBy(transaction.commands, (command) => command.executionId);
    for (const [id, inputs] of byExecution) {
      const execution = transaction.executions.get(id);
      let verdict: Verdict;
      if (execution) {
        const steps = new Map((stepsByExecution.get(id) ?? []).map((step) => [stepPath(step.scope, step.node), step]));
        const commanded = (commandsByExecution.get(id) ?? []).map((command): CommandedEvent => ({
          event: { kind: 'command', command, ...this.moment(at) },
          commandId: command.id,
        }));
        const events = inputs.flatMap(({ input }) => this.eventOf(input, at) ?? []).map((event): CommandedEvent => ({ event }));
        verdict = await this.decideExecution({ execution, steps }, [...commanded, ...events], changes);
      } else {
        verdict = transaction.busy.has(id) ? { kind: 'busy' } : { kind: 'unknown_execution' };
      }
      for (const { index } of inputs) verdicts[index] = verdict;
    }
    return { changes, verdicts };
  }

  /** Applies the events one after the other; all of them or, where one looks into a claim check that is not loaded, none. */
  private async decideExecution(before: ExecutionState, events: readonly CommandedEvent[], changes: ChangeSet): Promise<Verdict> {
    const plan = await this.planOf(before.execution);
    const effects: Effect[] = [];
    const handled: { id: string; outcome: string }[] = [];
    const stale: TimerRecord[] = [];
    let state = before;
    try {
      for (const { event, commandId } of events) {
        const decision = transition(plan, state, event, this.parts.opened());
        if (decision.kind === 'ignored') {
          this.parts.context.observer.ignored(decision.reason);
          if (event.kind === 'timer') stale.push(event.timer);
          if (event.kind === 'turn') changes.turnOver(event.dispatch);
          if (event.kind === 'released') changes.heldStale(event.task);
        } else {
          state = decision.state;
          if (event.kind === 'turn') changes.turnHasCome(event.dispatch);
          effects.push(...decision.effects);
        }
        if (commandId !== undefined) {
          handled.push({ id: commandId, outcome: decision.kind === 'ignored' ? decision.reason : 'applied' });
        }
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
      case 'turn':
        return { kind: 'turn', dispatch: body.dispatch, ...this.moment(at) };
      case 'released':
        return { kind: 'released', task: body.task, ...this.moment(at) };
      case 'poke':
        return null;
    }
  }

  private moment(at: number): Moment {
    return { at, entropy: this.parts.context.random.number() };
  }
}
