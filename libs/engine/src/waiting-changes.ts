import type { SignalRecord, StepRecord, WaitingChanges, WaitKey, WaitRecord } from '@jetsaga/contracts';
import { waitOf, type ExecutionState } from '@jetsaga/workflow';

const none: readonly SignalRecord[] = [];

/** Gathers what decisions change about waiting, by comparing the state before with the state after. */
export class WaitingChangeSet {
  private readonly signalsKept: SignalRecord[] = [];
  private readonly signalsGone: string[] = [];
  private readonly waitsBegun: WaitRecord[] = [];
  private readonly waitsOver: WaitKey[] = [];

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
    const { signalsKept, signalsGone, waitsBegun, waitsOver } = this;
    const size = signalsKept.length + signalsGone.length + waitsBegun.length + waitsOver.length;
    return size === 0 ? null : { signalsKept, signalsGone, waitsBegun, waitsOver };
  }
}
