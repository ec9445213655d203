import type { CommandRecord } from '../command.ts';
import type {
  DispatchRecord,
  DispatchRef,
  ExecutionRecord,
  HistoryChunk,
  OutboxBatch,
  StartKey,
  StepRecord,
  StoredDefinition,
  TimerKey,
  TimerRecord,
} from '../records.ts';
import type { BacklogTask, TakenBacklog } from '../backlog.ts';
import type { HeldTask, HeldTaskRef, ReleasedTasks } from '../held-task.ts';
import type { LockedSlotGroup, SlotChanges, SlotClaim, SlotGroup } from '../slot.ts';

/** Everything one commit writes. Sets, not loops: each list becomes one statement. */
export interface SagaChanges {
  readonly newExecutions: readonly ExecutionRecord[];
  readonly executions: readonly ExecutionRecord[];
  /** Inserted or replaced. */
  readonly steps: readonly StepRecord[];
  readonly timersSet: readonly TimerRecord[];
  readonly timersCleared: readonly TimerKey[];
  /** Came due for a reason that is gone: removed, unless they were set anew meanwhile. */
  readonly timersStale: readonly TimerRecord[];
  readonly history: readonly HistoryChunk[];
  readonly commandsHandled: readonly { readonly id: string; readonly outcome: string }[];
  readonly startKeys: readonly StartKey[];
  readonly outbox: OutboxBatch | null;
  /** Outbox batches that are done with. */
  readonly outboxDone: readonly string[];
  /** Absent: it touches no slots. */
  readonly slots?: SlotChanges;
  /** Tasks that are held from now on, and those that no longer are. Absent: none. */
  readonly held?: { readonly tasks: readonly HeldTask[]; readonly gone: readonly HeldTaskRef[] };
  /** Tasks that wait in Postgres for room in their queue from now on, and those that no longer do. Absent: none. */
  readonly backlog?: { readonly added: readonly BacklogTask[]; readonly gone: readonly DispatchRef[] };
  /** Commands that the commit itself gives. Absent: none. */
  readonly commandsGiven?: readonly CommandRecord[];
}

export interface CommitReport {
  /** Groups in which slots were released while others wait for one. */
  readonly freed: readonly SlotGroup[];
}

export interface LoadRequest {
  /** Executions to lock, with the scopes whose steps are needed. Those that another process holds are skipped. */
  readonly executions: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * An open transaction: executions are locked and loaded. It ends with exactly one of commit and rollback.
 * A commit that the server answers with ROLLBACK rejects.
 */
export interface SagaTransaction {
  readonly executions: ReadonlyMap<string, ExecutionRecord>;
  /** Ids that exist, but are locked elsewhere at the moment. */
  readonly busy: ReadonlySet<string>;
  readonly steps: readonly StepRecord[];
  /** Commands of the locked executions that nobody has handled yet, in the order they were given. */
  readonly commands: readonly CommandRecord[];
  commit(changes: SagaChanges): Promise<CommitReport>;
  rollback(): Promise<void>;
}

export interface DefinitionHead {
  readonly key: string;
  readonly name: string;
  readonly currentVersion: number;
  readonly disabled: boolean;
}

/** A transaction that starts executions: what it asks for first is read in the same round trip as BEGIN. */
export interface StartTransaction {
  readonly heads: ReadonlyMap<string, DefinitionHead>;
  /** Start keys that are known already, by `<workflow> <kind> <key>`. */
  readonly knownKeys: ReadonlyMap<string, StartKey>;
  /** The named PENDING executions, locked. */
  readonly pending: ReadonlyMap<string, ExecutionRecord>;
  /** Locks the groups until the transaction ends, and says how they stand; and which of the executions have a claim. */
  lockSlots(
    groups: readonly SlotGroup[],
    executionIds: readonly string[],
  ): Promise<{ readonly groups: readonly LockedSlotGroup[]; readonly claims: ReadonlyMap<string, SlotClaim['state']> }>;
  /**
   * Rejects with a `StartKeyTaken` when another process won the race for a key: nothing was written then, try again.
   */
  commit(changes: SagaChanges): Promise<CommitReport>;
  rollback(): Promise<void>;
}

export class StartKeyTaken extends Error {
  override readonly name = 'StartKeyTaken';
}

/** `open`: the dispatch is still the step's. `cancelled`: nobody wants its message any more. `closed`: the step has moved on. */
export type DispatchState = 'open' | 'cancelled' | 'closed';

export interface SagaStore {
  begin(request: LoadRequest): Promise<SagaTransaction>;
  beginStarts(request: {
    readonly workflows: readonly string[];
    readonly keys: readonly Pick<StartKey, 'workflow' | 'kind' | 'key'>[];
    readonly pending: readonly string[];
  }): Promise<StartTransaction>;

  definition(workflow: string, version: number): Promise<StoredDefinition | undefined>;
  /** Current versions that have triggers, are enabled, and a stamp that changes when any of it changes. */
  triggerStamp(): Promise<string>;
  triggered(): Promise<StoredDefinition[]>;

  /** Takes due timers for `leaseMs`: no other process gets them meanwhile. */
  claimTimers(now: number, leaseMs: number, limit: number): Promise<TimerRecord[]>;
  /** When the first timer after that time is due. */
  nextTimerAt(after: number): Promise<number | undefined>;

  /** Puts on record which of these are still open, forgets the outbox batches, and returns those that were cancelled. */
  recordDispatches(rows: readonly DispatchRecord[], outboxDone: readonly string[]): Promise<DispatchRecord[]>;
  /** The next records after the given one, oldest first, each with what has become of its step; from the beginning without one. */
  dispatches(after: DispatchRecord | null, limit: number): Promise<(DispatchRecord & { readonly state: DispatchState })[]>;
  forgetDispatches(rows: readonly DispatchRecord[]): Promise<void>;
  /** Those of the refs that are on record, with the same attempt and dispatch. */
  recordedDispatches(refs: readonly DispatchRef[]): Promise<DispatchRef[]>;
  /** Their owner lives and has not finished with them: nobody takes them over meanwhile. */
  renewOutbox(ids: readonly string[], now: number): Promise<void>;
  /** Batches left behind: older than `before`. They are marked as taken at `now`. */
  claimOutbox(before: number, now: number, limit: number): Promise<OutboxBatch[]>;
  forgetOutbox(ids: readonly string[]): Promise<void>;
  /** Executions with commands that were stored before `before` and not handled. */
  executionsWithCommands(before: number, limit: number): Promise<string[]>;
  /** Durable when it resolves to `stored`. */
  storeCommand(command: CommandRecord): Promise<'stored' | 'unknown' | 'terminal'>;
  /** Who is next in these groups, as far as slots are free, in order. */
  nextForSlots(groups: readonly SlotGroup[]): Promise<(SlotGroup & { readonly executionId: string })[]>;
  /** The next groups after the given one in which somebody waits; from the beginning without one. */
  groupsWaitingForSlots(after: SlotGroup | null, limit: number): Promise<SlotGroup[]>;
  /** Lets go as many tasks of the bucket as its rate has room for, in order. */
  releaseHeldTasks(bucket: string): Promise<ReleasedTasks>;
  /** The next buckets after the given one that hold tasks, in order of name. */
  bucketsWithHeldTasks(after: string, limit: number): Promise<string[]>;
  /** Tasks that were let go before `before`, and that nobody has had sent. */
  releasedTasksLeft(before: number, limit: number): Promise<HeldTaskRef[]>;
  /** Queues with a backlog, and how long it is, counted up to a thousand. */
  backlogQueues(): Promise<ReadonlyMap<string, number>>;
  /** Takes tasks of the queue's backlog, those to be sent next, from the keys after `cursor`. */
  takeBacklog(queue: string, count: number, cursor: string): Promise<TakenBacklog>;
  /** What was taken before `before` and is still there waits again. */
  giveBackBacklog(before: number): Promise<void>;
  /** A value that all processes share, such as the key that task tokens are made with. */
  setting(name: string): Promise<string | undefined>;
}
