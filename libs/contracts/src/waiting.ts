import type { CommandRecord } from './command.ts';
import type { Json } from './json.ts';

/*
 * What executions wait for from outside, and what came before anybody waited for it. The rows are there only for executions that use
 * signals, events or deferred steps.
 */

/** A signal that no step has taken yet. Its id is that of the command that brought it. */
export interface SignalRecord {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly payload: Json;
  readonly receivedAt: number;
}

export interface WaitKey {
  readonly executionId: string;
  readonly scope: string;
  readonly node: string;
}

/** A WAITING step, for whoever has to find it: `task` waits to be completed by its token, `signal` for a signal of that name. */
export interface WaitRecord extends WaitKey {
  readonly kind: 'task' | 'signal';
  readonly name: string;
  readonly since: number;
}

/** Whom a signal is for: one execution, or all executions of a workflow that have these labels. */
export type RecipientQuery =
  { readonly executionId: string } | { readonly workflow: string; readonly labels: Readonly<Record<string, string>> };

/** What a commit writes about waiting. */
export interface WaitingChanges {
  readonly signalsKept: readonly SignalRecord[];
  /** Ids of signals that were taken, or whose execution has ended. */
  readonly signalsGone: readonly string[];
  readonly waitsBegun: readonly WaitRecord[];
  readonly waitsOver: readonly WaitKey[];
  /** Signals that executions send each other: commands to others, given in the same commit. */
  readonly signalsSent: readonly CommandRecord[];
}
