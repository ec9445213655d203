import type { Actor, CommandRecord, SignalRecord, StepRecord, WaitingChanges, WaitKey, WaitRecord } from '@jetsaga/contracts';
import { waitOf, type Effect, type ExecutionState } from '@jetsaga/workflow';

const none: readonly SignalRecord[] = [];

/** Gathers what decisions change about waiting, by comparing the state before with the state after. */
export class WaitingChangeSet {
  private readonly signalsKept: SignalRecord[] = [];
  private readonly signalsGone: string[] = [];
  private readonly waitsBegun: WaitRecord[] = [];
  private readonly waitsOver: WaitKey[] = [];
  private readonly signalsSent: CommandRecord[] = [];

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

  addStep(old: StepRecord | undefined, step: StepRecord, at: number): void {
    const before = old && waitOf(old);
    const wait = waitOf(step);
    if (wait && (before?.kind !== wait.kind || before.name !== wait.name)) this.waitsBegun.push({ ...wait, since: at });
    if (before && !wait) this.waitsOver.push(before);
  }

  /** Null when there is nothing to write. */
  changes(): WaitingChanges | null {
    const { signalsKept, signalsGone, waitsBegun, waitsOver, signalsSent } = this;
    const changes = { signalsKept, signalsGone, waitsBegun, waitsOver, signalsSent };
    return Object.values(changes).every((list) => list.length === 0) ? null : changes;
  }
}
