import type { Actor } from './command.ts';

/** What a definition says of one of its schedules, its input aside. Times are epoch milliseconds. */
export interface ScheduleTimes {
  readonly pattern: string;
  /** IANA name. */
  readonly timezone: string;
  readonly jitterMs: number;
  readonly overlap: 'skip' | 'allow' | 'buffer_one' | 'cancel_other';
  readonly catchUp: 'none' | 'one' | 'all';
  readonly startAt: number | null;
  readonly endAt: number | null;
}

/**
 * What became of a due time. `waiting`: it starts when the execution before it has ended. `skipped`: that execution still ran.
 * `missed`: nobody was there, and `catchUp` does not make up for it.
 */
export type ScheduleOutcome = 'started' | 'waiting' | 'skipped' | 'missed' | 'refused';

export interface ScheduleRun {
  /** The due time; of a run that somebody asked for, when they did. */
  readonly dueAt: number;
  readonly outcome: ScheduleOutcome;
  readonly executionId: string | null;
  /** Why it was refused. */
  readonly reason: string | null;
}

/** A schedule of a definition's current version. */
export interface ScheduleRecord {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly times: ScheduleTimes;
  readonly paused: boolean;
  /** Who paused it or resumed it last, and when. */
  readonly changedBy: Actor | null;
  readonly changedAt: number | null;
  /** The next due time; null when there is none any more. */
  readonly nextAt: number | null;
  /** A due time that waits for the execution before it to end. */
  readonly waitingFor: number | null;
  readonly lastRun: ScheduleRun | null;
  /** What the next due time may overlap with. */
  readonly lastExecutionId: string | null;
}

/** A schedule with something to do, taken until `claimedUntil`. */
export interface ClaimedSchedule extends ScheduleRecord {
  readonly claimedUntil: number;
}
