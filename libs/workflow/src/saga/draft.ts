import {
  isTerminalExecution,
  stepPath,
  type Actor,
  type DispatchRef,
  type ExecutionRecord,
  type HistoryEntry,
  type HistoryType,
  type Json,
  type LifecycleEvent,
  type LifecycleNotice,
  type SecretSlot,
  type SignalRecord,
  type StepRecord,
} from '@jetsaga/contracts';
import type { Plan } from '../definition/plan.ts';
import type { ScopeView, StepView } from './scope-view.ts';
import type { Effect, ExecutionState, Moment, OpenedClaimChecks, UndoTask } from './saga-types.ts';
import { StepTable } from './step-table.ts';
import { AllStepsNeeded } from './steps-needed.ts';

/** What a history entry says besides its type, and the notice that goes out with it. */
export interface Happening {
  readonly step?: StepRecord;
  readonly by?: Actor;
  readonly data?: Json;
  readonly notice?: LifecycleEvent;
  readonly noticeData?: Json;
}

/**
 * The working copy of one decision: what is written here becomes the next state and its effects, or is dropped as a whole.
 * The state it began from is never touched; records that do not change keep their identity.
 */
export class Draft {
  readonly plan: Plan;
  readonly moment: Moment;
  readonly opened: OpenedClaimChecks;
  /** Steps that settled here and whose dependents have not been looked at yet, in order. */
  readonly settledNow: StepRecord[] = [];
  /** Bodies whose roots have not been looked at yet. */
  readonly scopesToBegin: ScopeView[] = [];
  /** Scopes in which something happened that may be their end, by path. */
  readonly mayBeOver = new Set<string>();
  /** Maps that may begin with more items, or have come to their end. */
  readonly mapsToContinue: StepView[] = [];
  /** Scopes that began to wind down here: steps in them that wait for nothing but steps that will never start are due now. */
  readonly cleanUpsDue: ScopeView[] = [];
  itemsBegun = 0;
  /** The execution is being cancelled: not even clean-up work starts any more. */
  cleanUpForbidden = false;

  /** Only some of the execution's steps are known. */
  readonly isPartial: boolean;

  private current: ExecutionRecord;
  private table: StepTable;
  private seq: number;
  private kept: readonly SignalRecord[];
  private readonly effects: Effect[] = [];
  private readonly dispatches = new Map<string, Effect>();

  constructor(plan: Plan, state: ExecutionState, moment: Moment, opened: OpenedClaimChecks) {
    this.plan = plan;
    this.moment = moment;
    this.opened = opened;
    this.current = state.execution;
    this.table = StepTable.of(state.steps);
    this.seq = state.execution.historySeq;
    this.isPartial = state.isPartial ?? false;
    this.kept = state.signals ?? none;
  }

  get execution(): ExecutionRecord {
    return this.current;
  }

  get steps(): StepTable {
    return this.table;
  }

  step(path: string): StepRecord | undefined {
    return this.table.get(path);
  }

  /** For decisions about steps in scopes that may not be known. Throws AllStepsNeeded. */
  needAllSteps(): void {
    if (this.isPartial) throw new AllStepsNeeded(this.current.id);
  }

  /** Signals that no step has taken yet, oldest first. */
  get signals(): readonly SignalRecord[] {
    return this.kept;
  }

  keepSignal(signal: SignalRecord): void {
    this.kept = [...this.kept, signal];
  }

  takeSignal(signal: SignalRecord): void {
    this.kept = this.kept.filter((one) => one.id !== signal.id);
  }

  change(patch: Partial<ExecutionRecord>): void {
    this.current = { ...this.current, ...patch };
  }

  /** Stores the step as it is now, and lines it up for its dependents when it has settled. */
  put(step: StepRecord): void {
    this.table = this.table.with(step);
    if (step.settledSeq === null) return;
    this.settledNow.push(step);
    this.mayBeOver.add(step.scope);
    // What is undone, wherever it stands, may be the last that the execution waits for.
    if (this.current.ending !== null) this.mayBeOver.add('');
  }

  /** Notes what happened in the history, and tells the world where there is a notice for it. Returns the sequence. */
  happened(type: HistoryType, { step, by, data, notice, noticeData }: Happening = {}): number {
    const seq = (this.seq += 1);
    const about = step && { path: stepPath(step.scope, step.node), ...(step.attempt > 0 ? { attempt: step.attempt } : {}) };
    const entry: HistoryEntry = {
      seq,
      at: this.moment.at,
      type,
      ...about,
      ...(by && { by }),
      ...(data !== undefined && { data }),
    };
    this.effects.push({ kind: 'history', entry });
    if (notice) this.announce(notice, step, noticeData);
    return seq;
  }

  /** A lifecycle notice without a history entry of its own. Steps' notices go out only where the definition wants them. */
  announce(event: LifecycleEvent, step?: StepRecord, data?: Json): void {
    if (step && this.plan.lifecycle !== 'all') return;
    const notice: LifecycleNotice = {
      event,
      executionId: this.current.id,
      workflow: this.current.workflow,
      version: this.current.version,
      at: this.moment.at,
      historySeq: this.seq,
      ...(step && { path: stepPath(step.scope, step.node), attempt: step.attempt }),
      ...(data !== undefined && { data }),
    };
    this.effects.push({ kind: 'lifecycle', notice });
  }

  cause(effect: Exclude<Effect, { kind: 'history' | 'lifecycle' | 'dispatch' | 'withdraw' }>): void {
    this.effects.push(effect);
  }

  /** Has the step's task sent. What is withdrawn in the same decision is never sent at all. */
  dispatch(step: StepRecord, secrets: readonly SecretSlot[]): void {
    const path = stepPath(step.scope, step.node);
    this.dispatches.set(path, { kind: 'dispatch', path, secrets });
  }

  dispatchUndo(step: StepRecord, undo: UndoTask, secrets: readonly SecretSlot[]): void {
    const path = stepPath(step.scope, step.node);
    this.dispatches.set(path, { kind: 'dispatch', path, undo, secrets });
  }

  /** The step's task belongs to this decision: nothing of it has left yet. */
  isUnsent(path: string): boolean {
    return this.dispatches.has(path);
  }

  withdraw(step: StepRecord, reason: string): void {
    if (this.dispatches.delete(stepPath(step.scope, step.node))) return;
    this.effects.push({ kind: 'withdraw', dispatch: dispatchRef(step), reason });
  }

  seal(): { readonly state: ExecutionState; readonly effects: readonly Effect[] } {
    const execution = this.seq === this.current.historySeq ? this.current : { ...this.current, historySeq: this.seq };
    this.effects.push(...this.dispatches.values());
    // An execution that has ended keeps nothing.
    const signals = isTerminalExecution(execution.status) ? none : this.kept;
    const { isPartial } = this;
    return { state: { execution, steps: this.table, signals, ...(isPartial && { isPartial }) }, effects: this.effects };
  }
}

const none: readonly SignalRecord[] = [];

export function dispatchRef(step: StepRecord): DispatchRef {
  const { executionId, scope, node, attempt, dispatch } = step;
  return { executionId, scope, node, attempt, dispatch };
}
