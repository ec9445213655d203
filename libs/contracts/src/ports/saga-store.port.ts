import type { CommandRecord } from '../command.ts';
import type { Json } from '../json.ts';
import type { EventWaitStore } from './event-wait-store.port.ts';
import type { RecipientQuery, SignalRecord, WaitingChanges } from '../waiting.ts';
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
import type { ScheduleStore } from './schedule-store.port.ts';

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
  /** Executions whose timers were held back until then (`dueAt` at or after `heldSince`): they are due now. */
  readonly timersReleased?: { readonly executionIds: readonly string[]; readonly heldSince: number; readonly at: number };
  readonly history: readonly HistoryChunk[];
  /** Given by the coordinator; those for executions that have ended are dropped. */
  readonly commandsGiven: readonly CommandRecord[];
  readonly commandsHandled: readonly { readonly id: string; readonly outcome: string }[];
  readonly startKeys: readonly StartKey[];
  /** Null when nothing about waiting changes. */
  readonly waiting: WaitingChanges | null;
  readonly outbox: OutboxBatch | null;
  /** Outbox batches that are done with. */
  readonly outboxDone: readonly string[];
}

export interface LoadRequest {
  /** Executions to lock, with the scopes whose steps are needed. Those that another process holds are skipped. */
  readonly executions: ReadonlyMap<string, ReadonlySet<string> | 'all'>;
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
  /**
   * Signals that these executions keep, in the order in which they came, and the steps in the scopes of those that wait: asked only for
   * executions that may wait for something. `wanted`: by execution, further inner scopes that are needed.
   */
  waiting(
    wanted: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<{ readonly signals: readonly SignalRecord[]; readonly steps: readonly StepRecord[] }>;
  /** Those of the executions named that have not ended, up to a limit. */
  recipients(query: RecipientQuery, limit: number): Promise<readonly string[]>;
  commit(changes: SagaChanges): Promise<void>;
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
  /** Signals that came while these were PENDING. */
  keptSignals(executionIds: readonly string[]): Promise<readonly SignalRecord[]>;
  recipients: SagaTransaction['recipients'];
  /**
   * Rejects with a `StartKeyTaken` when another process won the race for a key: nothing was written then, try again.
   */
  commit(changes: SagaChanges): Promise<void>;
  rollback(): Promise<void>;
}

export class StartKeyTaken extends Error {
  override readonly name = 'StartKeyTaken';
}

/**
 * `open`: the dispatch is still the step's. `cancelled`: nobody wants its message any more. `awaited`: the same, and whether a worker
 * had it is waited for. `closed`: the step has moved on.
 */
export type DispatchState = 'open' | 'cancelled' | 'awaited' | 'closed';

export interface SagaStore {
  readonly schedules: ScheduleStore;
  readonly eventWaits: EventWaitStore;
  begin(request: LoadRequest): Promise<SagaTransaction>;
  beginStarts(request: {
    readonly workflows: readonly string[];
    readonly keys: readonly Pick<StartKey, 'workflow' | 'kind' | 'key'>[];
    readonly pending: readonly string[];
  }): Promise<StartTransaction>;

  /** Outputs of the named item scopes that are COMPLETED, by scope. */
  itemOutputs(executionId: string, scopes: readonly string[]): Promise<Map<string, Json>>;

  /** The newest execution that a step has started. */
  childOf(executionId: string, path: string): Promise<ExecutionRecord | undefined>;

  definition(workflow: string, version: number): Promise<StoredDefinition | undefined>;
  /** Current versions that have triggers, are enabled, and a stamp that changes when any of it changes. */
  triggerStamp(): Promise<string>;
  triggered(): Promise<StoredDefinition[]>;

  /** Takes due timers for `leaseMs`: no other process gets them meanwhile. */
  claimTimers(now: number, leaseMs: number, limit: number): Promise<TimerRecord[]>;
  /** When the first timer after that time is due. */
  nextTimerAt(after: number): Promise<number | undefined>;

  /** Puts on record which of these are still open or awaited, forgets the outbox batches, and returns those that were cancelled. */
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
  /** Durable when it resolves to `stored`; the execution takes it only in some states, see `statesTaking`. */
  storeCommand(command: CommandRecord): Promise<'stored' | 'unknown' | 'wrong_state'>;
  /** Signals that no step of the execution has taken yet, those included that no coordinator has looked at. */
  signalBacklog(executionId: string): Promise<number>;
  /** A value that all processes share, such as the key that task tokens are made with. */
  setting(name: string): Promise<string | undefined>;
}
