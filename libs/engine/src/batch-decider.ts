import {
  parseStepPath,
  scopesAround,
  stepPath,
  type ClaimCheck,
  type CommandRecord,
  type ExecutionRecord,
  type SagaTransaction,
  type SignalRecord,
  type StepRecord,
  type TimerRecord,
} from '@jetsaga/contracts';
import {
  AllStepsNeeded,
  ClaimCheckNeeded,
  hasScopes,
  transition,
  ValueNeeded,
  type Decision,
  type Effect,
  type ExecutionState,
  type Moment,
  type OpenedClaimChecks,
  type Plan,
  type Recipients,
  type SagaEvent,
} from '@jetsaga/workflow';
import { ChangeSet } from './change-set.ts';
import type { EngineContext } from './engine-context.ts';
import type { PlanCache } from './plan-cache.ts';
import type { InputOutcome, SagaInput } from './saga-input.ts';
import { askStore } from './store-errors.ts';
import { withRecipients } from './with-recipients.ts';
import type { TaskTokens } from './task-token.ts';

/** What becomes of an input in one batch: settled, or added again after a pause or once the claim check is loaded. */
export type Verdict =
  | InputOutcome
  | { readonly kind: 'busy' }
  | { readonly kind: 'opening'; readonly reference: ClaimCheck }
  | { readonly kind: 'finding'; readonly needed: ValueNeeded }
  | { readonly kind: 'widening' };

export interface BatchDecision {
  readonly changes: ChangeSet;
  /** One per input, in order. */
  readonly verdicts: readonly Verdict[];
}

export interface BatchDeciderParts {
  readonly context: EngineContext;
  readonly plans: PlanCache;
  readonly tokens: TaskTokens;
  /** Claim checks that are loaded at the moment. */
  readonly opened: () => OpenedClaimChecks;
}

interface CommandedEvent {
  readonly event: SagaEvent;
  /** The command it comes from, to be marked as handled. */
  readonly commandId?: string;
  /** The input it comes from. */
  readonly index?: number;
}

interface Waiting {
  readonly signals: readonly SignalRecord[];
  /** Of inner scopes. */
  readonly steps: readonly StepRecord[];
}

const nothingWaits: Waiting = { signals: [], steps: [] };

/** Executions with commands for steps, and the inner scopes of those steps; a signal does not know which step it is for. */
function scopesOfWaiting(commands: readonly CommandRecord[]): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const { executionId, body } of commands) {
    if (body.kind !== 'signal' && !('path' in body)) continue;
    const scopes = wanted.get(executionId) ?? new Set();
    wanted.set(executionId, scopes);
    if ('path' in body) for (const scope of scopesAround(parseStepPath(body.path).scope)) scopes.add(scope);
  }
  return wanted;
}

/** Decides about the inputs of one transaction, execution by execution: commands first, then the inputs in order. */
export class BatchDecider {
  private readonly parts: BatchDeciderParts;

  constructor(parts: BatchDeciderParts) {
    this.parts = parts;
  }

  async decide(transaction: SagaTransaction, batch: readonly SagaInput[]): Promise<BatchDecision> {
    const at = this.parts.context.clock.now();
    const changes = new ChangeSet(this.parts.tokens, at, () => this.parts.context.random.uuid());
    const verdicts: Verdict[] = new Array(batch.length);
    const byExecution = Map.groupBy(
      batch.map((input, index) => ({ input, index })),
      ({ input }) => input.executionId,
    );
    const stepsByExecution = Map.groupBy(transaction.steps, (step) => step.executionId);
    const commandsByExecution = Map.groupBy(transaction.commands, (command) => command.executionId);
    const plans = await this.plansOf(transaction);
    const waiting = await this.loadWaiting(transaction, plans);
    for (const [id, inputs] of byExecution) {
      const execution = transaction.executions.get(id);
      let verdict: Verdict;
      if (execution) {
        const { signals, steps: waitingSteps } = waiting.get(id) ?? nothingWaits;
        const loaded = stepsByExecution.get(id) ?? [];
        const all = waitingSteps.length === 0 ? loaded : [...loaded, ...waitingSteps];
        const steps = new Map(all.map((step) => [stepPath(step.scope, step.node), step]));
        const commanded = (commandsByExecution.get(id) ?? []).map((command): CommandedEvent => ({
          event: { kind: 'command', command, ...this.moment(at) },
          commandId: command.id,
        }));
        const events = inputs.flatMap(({ input, index }): CommandedEvent[] => {
          const event = this.eventOf(input, at);
          return event ? [{ event, index }] : [];
        });
        const plan = plans.get(id) ?? (await this.planOf(execution));
        const knowsAll = inputs.some(({ input }) => input.needsAllSteps === true) || !hasScopes(plan);
        const before: ExecutionState = { execution, steps, signals, ...(!knowsAll && { isPartial: true }) };
        const decided = await withRecipients(transaction, (recipients) =>
          this.decideExecution(plan, before, [...commanded, ...events], recipients, changes),
        );
        verdict = decided.verdict;
        for (const [index, needed] of decided.findings) verdicts[index] = { kind: 'finding', needed };
      } else {
        verdict = transaction.busy.has(id) ? { kind: 'busy' } : { kind: 'unknown_execution' };
      }
      for (const { index } of inputs) verdicts[index] ??= verdict;
    }
    return { changes, verdicts };
  }

  /**
   * Applies the events one after the other; all of them or, where one looks into a claim check or a scope that is not loaded, none.
   * One that needs to know something else is left out, to come again by itself.
   */
  private decideExecution(
    plan: Plan,
    before: ExecutionState,
    events: readonly CommandedEvent[],
    recipients: Recipients,
    changes: ChangeSet,
  ): { readonly verdict: Verdict; readonly findings: ReadonlyMap<number, ValueNeeded> } {
    const effects: Effect[] = [];
    const handled: { id: string; outcome: string; keep: boolean }[] = [];
    const stale: TimerRecord[] = [];
    const ignored: string[] = [];
    const findings = new Map<number, ValueNeeded>();
    let state = before;
    try {
      for (const { event, commandId, index } of events) {
        const informed = recipients.size === 0 ? event : { ...event, recipients };
        const decision = this.decideEvent(plan, state, informed, index, findings);
        if (!decision) continue;
        if (decision.kind === 'ignored') {
          ignored.push(decision.reason);
          if (event.kind === 'timer') stale.push(event.timer);
        } else {
          state = decision.state;
          effects.push(...decision.effects);
        }
        if (commandId !== undefined) {
          const keep = event.kind === 'command' && event.command.body.kind !== 'event';
          handled.push({ id: commandId, outcome: decision.kind === 'ignored' ? decision.reason : 'applied', keep });
        }
      }
    } catch (error) {
      const none = new Map<number, never>();
      if (error instanceof ClaimCheckNeeded) return { verdict: { kind: 'opening', reference: error.reference }, findings: none };
      if (error instanceof AllStepsNeeded) return { verdict: { kind: 'widening' }, findings: none };
      throw error;
    }
    if (state !== before || effects.length > 0) changes.add(plan, before, state, effects);
    for (const { id, outcome, keep } of handled) {
      if (keep) changes.commandHandled(id, outcome);
      else changes.commandDone(id);
    }
    for (const timer of stale) changes.timerStale(timer);
    for (const reason of ignored) this.parts.context.observer.ignored(reason);
    return { verdict: { kind: 'done' }, findings };
  }

  /** Undefined for an input that needs to know something first. */
  private decideEvent(
    plan: Plan,
    state: ExecutionState,
    event: SagaEvent,
    index: number | undefined,
    findings: Map<number, ValueNeeded>,
  ): Decision | undefined {
    try {
      return transition(plan, state, event, this.parts.opened());
    } catch (error) {
      if (!(error instanceof ValueNeeded) || index === undefined) throw error;
      findings.set(index, error);
      return undefined;
    }
  }

  /** Loads kept signals, and inner scopes in which steps wait: for executions that a signal is for, or that may wait for one. */
  private async loadWaiting(
    transaction: SagaTransaction,
    plans: ReadonlyMap<string, Plan>,
  ): Promise<ReadonlyMap<string, Waiting>> {
    const wanted = scopesOfWaiting(transaction.commands);
    for (const [id, plan] of plans) if (plan.waits.signals && !wanted.has(id)) wanted.set(id, new Set());
    if (wanted.size === 0) return new Map();
    const { signals, steps } = await askStore(() => transaction.waiting(wanted));
    const signalsOf = Map.groupBy(signals, (signal) => signal.executionId);
    const stepsOf = Map.groupBy(steps, (step) => step.executionId);
    return new Map([...wanted.keys()].map((id) => [id, { signals: signalsOf.get(id) ?? [], steps: stepsOf.get(id) ?? [] }]));
  }

  private async plansOf({ executions }: SagaTransaction): Promise<ReadonlyMap<string, Plan>> {
    const plans = new Map<string, Plan>();
    for (const execution of executions.values()) plans.set(execution.id, await this.planOf(execution));
    return plans;
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
      case 'withdrawn':
        return { kind: 'withdrawn', dispatch: body.dispatch, ...this.moment(at) };
      case 'poke':
        return null;
    }
  }

  private moment(at: number): Moment {
    return { at, entropy: this.parts.context.random.number() };
  }
}
