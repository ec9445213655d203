import type { Actor } from '../command.ts';
import type { ClaimedSchedule, ScheduleRecord, ScheduleRun, ScheduleTimes } from '../schedule.ts';

/** A schedule as a version of a definition has it, with the first due time it would have from now on. */
export interface ScheduleToKeep {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly times: ScheduleTimes;
  readonly nextAt: number | null;
  /** `nextAt` with its jitter. */
  readonly fireAt: number | null;
}

/** What is written when a claimed schedule was dealt with. */
export interface ScheduleProgress {
  readonly nextAt: number | null;
  readonly fireAt: number | null;
  readonly waitingFor: number | null;
  readonly lastRun: ScheduleRun | null;
  readonly lastExecutionId: string | null;
}

/** Schedules as rows: those of the current versions of enabled definitions are active, the others rest. */
export interface ScheduleStore {
  /**
   * Writes those whose version is still current and enabled. One that is there keeps its due time, unless it rested or its times
   * differ.
   */
  keep(schedules: readonly ScheduleToKeep[]): Promise<void>;
  /** Puts to rest what belongs to no current version of an enabled definition. */
  rest(): Promise<void>;
  /** Takes schedules that are due, or whose waiting run can start, for `leaseMs`. Never one of a version that is not current. */
  claim(now: number, leaseMs: number, limit: number): Promise<ClaimedSchedule[]>;
  /** Gives a claim back with what became of it; does nothing when it was lost meanwhile. */
  settle(claim: ClaimedSchedule, progress: ScheduleProgress): Promise<void>;
  /** Gives a claim back as it was. */
  release(claim: ClaimedSchedule): Promise<void>;
  /** When the first one after that time comes due. */
  nextFireAt(after: number): Promise<number | undefined>;
  isRunning(executionId: string): Promise<boolean>;
  /** Of current versions, by id, those after `after`; `disabled` with their definition. */
  list(query: {
    readonly after: string;
    readonly limit: number;
    readonly workflow?: string;
  }): Promise<(ScheduleRecord & { readonly disabled: boolean })[]>;
  get(id: string): Promise<(ScheduleRecord & { readonly disabled: boolean }) | undefined>;
  pause(id: string, by: Actor): Promise<void>;
  /** What came due meanwhile is not made up for: it goes on with the due time given. */
  resume(id: string, by: Actor, next: Pick<ScheduleToKeep, 'nextAt' | 'fireAt'>): Promise<void>;
  /** A run that somebody asked for. */
  ran(id: string, run: ScheduleRun): Promise<void>;
}
