import type { DispatchRef } from './records.ts';

/** A task beyond its queue's window: it is not in the stream but a row, until its turn comes. */
export interface BacklogTask extends DispatchRef {
  readonly queue: string;
  /** Those of different keys are sent in turn, so that none of them holds up the others. */
  readonly fairKey: string;
  /** 0 is the most urgent. */
  readonly priority: number;
  /** Order within priority and key, lowest first. When its time (epoch milliseconds) has come, the task counts as most urgent. */
  readonly rank: number;
}

/** A part of a queue's backlog, taken to be sent. */
export interface TakenBacklog {
  readonly tasks: readonly DispatchRef[];
  /** Fewer than were asked for are left. */
  readonly drained: boolean;
  /** Where to look on for more keys; `''` when all have been looked at. */
  readonly cursor: string;
}
