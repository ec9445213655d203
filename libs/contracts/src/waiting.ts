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

/**
 * A kind of events that a definition's steps may wait for, as it stands in the definition: the part of the subject pattern after `events.` that is
 * no template, and the paths of `match`, as the text of a sorted JSON list; `''` for none.
 */
export interface EventInterest {
  readonly pattern: string;
  readonly paths: string;
}

/** What an event and a wait for it have in common: `hash` stands for the values at the paths. */
export interface EventKey extends EventInterest {
  readonly hash: string;
}

/**
 * A WAITING step, for whoever has to find it: `task` waits to be completed by its token, `signal` for a signal of that name, `event` for
 * an event on a subject that fits the pattern `name` and has the key.
 */
export type WaitRecord = WaitKey & { readonly name: string; readonly since: number } & (
    { readonly kind: 'task' | 'signal' } | { readonly kind: 'event'; readonly key: EventKey }
  );

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
  /** Ids of commands that are handled and not worth remembering: events that a waiting step was given. */
  readonly commandsDropped: readonly string[];
  /** Executions under way that may come to wait for events. Those that come from now on are kept for them. */
  readonly interestsBegun: readonly { readonly executionId: string; readonly interest: EventInterest }[];
  /** Ids of executions that have ended. */
  readonly interestsOver: readonly string[];
}
