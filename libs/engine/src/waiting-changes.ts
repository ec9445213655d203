import {
  isTerminalExecution,
  type Actor,
  type CommandRecord,
  type ExecutionRecord,
  type SignalRecord,
  type StepRecord,
  type WaitingChanges,
  type WaitKey,
  type WaitRecord,
} from '@jetsaga/contracts';
import { waitOf, type Effect, type ExecutionState, type Plan } from '@jetsaga/workflow';

const none: readonly SignalRecord[] = [];

/** Gathers what decisions change about waiting, by comparing the state before with the state after. */
export class WaitingChangeSet {
  private readonly signalsKept: SignalRecord[] = [];
  private readonly signalsGone: string[] = [];
  private readonly waitsBegun: WaitRecord[] = [];
  private readonly waitsOver: WaitKey[] = [];
  private readonly signalsSent: CommandRecord[] = [];
  private readonly commandsDropped: string[] = [];
  private readonly interestsBegun: WaitingChanges['interestsBegun'][number][] = [];
  private readonly interestsOver: string[] = [];

  addSent({ to, name, payload, at }: Extract<Effect, { kind: 'send_signal' }>, by: Actor, newId: () => string): void {
    const body = { kind: 'signal' as const, name, payload };
    // A microsecond apart, so that they arrive in the order in which they were sent.
    const sentAt = at + this.signalsSent.length / 1_000;
    this.signalsSent.push(...to.map((executionId) => ({ id: newId(), executionId, body, by, at: sentAt })));
  }

  /** Executions that were sent something. */
  get signalled(): readonly string[] {
    return [...new Set(this.signalsSent.map(({ executionId }) => executionId))];
  }

  /** `stored`: the signals that were on record before. */
  addSignals(stored: ExecutionState['signals'], after: ExecutionState['signals']): void {
    const before = stored ?? none;
    const now = after ?? none;
    if (before === now) return;
    const known = new Set(before.map(({ id }) => id));
    const left = new Set(now.map(({ id }) => id));
    this.signalsKept.push(...now.filter(({ id }) => !known.has(id)));
    this.signalsGone.push(...before.filter(({ id }) => !left.has(id)).map(({ id }) => id));
  }

  /** Once per execution. An execution is interested in events from its start to its end, and again when it is opened once more. */
  addExecution(plan: Plan, before: ExecutionRecord | undefined, { id, status }: ExecutionRecord): void {
    if (plan.waits.events.length === 0) return;
    const was = before !== undefined && isUnderWay(before.status);
    const is = isUnderWay(status);
    if (is && !was) this.interestsBegun.push(...plan.waits.events.map((interest) => ({ executionId: id, interest })));
    if (was && !is) this.interestsOver.push(id);
  }

  dropCommand(id: string): void {
    this.commandsDropped.push(id);
  }

  /** Waits for events that have not been given those that came before them. */
  get eventWaits(): readonly WaitRecord[] {
    return this.waitsBegun.filter(({ kind }) => kind === 'event');
  }

  addStep(plan: Plan, old: StepRecord | undefined, step: StepRecord, at: number): void {
    const before = old && waitOf(plan, old, at);
    const wait = waitOf(plan, step, at);
    if (wait && (before?.kind !== wait.kind || before.name !== wait.name)) this.waitsBegun.push(wait);
    if (before && !wait) this.waitsOver.push(before);
  }

  /** Null when there is nothing to write. */
  changes(): WaitingChanges | null {
    const { signalsKept, signalsGone, waitsBegun, waitsOver, signalsSent, commandsDropped, interestsBegun, interestsOver } = this;
    const waits = { signalsKept, signalsGone, waitsBegun, waitsOver };
    const changes = { ...waits, signalsSent, commandsDropped, interestsBegun, interestsOver };
    return Object.values(changes).every((list) => list.length === 0) ? null : changes;
  }
}

function isUnderWay(status: ExecutionRecord['status']): boolean {
  return status !== 'PENDING' && !isTerminalExecution(status);
}
