import {
  StartKeyTaken,
  type CommandRecord,
  type DefinitionHead,
  type DispatchRecord,
  type DispatchRef,
  type CommitReport,
  type ExecutionRecord,
  type LoadRequest,
  type OutboxBatch,
  type SagaChanges,
  type SagaStore,
  type SagaTransaction,
  type SlotGroup,
  type StartKey,
  type StartTransaction,
  type StoredDefinition,
  type TimerRecord,
} from '@jetsaga/contracts';
import { DatabaseError, Pool, type QueryConfig, type QueryResult } from 'pg';
import { connectionOptions } from '../connection-options.ts';
import { inTransaction } from '../queries/in-transaction.ts';
import { plainPayloads, type PayloadCodec } from '../payload-codec.ts';
import { toCommand } from '../rows/command-row.ts';
import { toStoredDefinition } from '../rows/definition-row.ts';
import { toExecution } from '../rows/execution-row.ts';
import { toOutboxBatch } from '../rows/outbox-row.ts';
import { toStep } from '../rows/step-row.ts';
import { toTimer } from '../rows/timer-row.ts';
import * as background from './background.ts';
import * as heldTasks from './held-tasks.ts';
import { HotConnection, type Flush } from './hot-connection.ts';
import * as backlog from './backlog.ts';
import { insertCommands } from './given-commands.ts';
import * as reads from './reads.ts';
import * as slots from './slots.ts';
import { writeStatements } from './writes.ts';

export interface PgSagaStoreOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly now: () => number;
  readonly codec?: PayloadCodec;
}

/**
 * The saga store on Postgres. Batches and starts have a pipelined connection each, on which they take turns; what runs
 * in the background shares a small pool.
 */
export class PgSagaStore implements SagaStore {
  private readonly batches: HotConnection;
  private readonly starts: HotConnection;
  private readonly pool: Pool;
  private readonly codec: PayloadCodec;
  private readonly now: () => number;

  constructor(options: PgSagaStoreOptions) {
    this.batches = new HotConnection(options.url, `${options.applicationName}-batches`);
    this.starts = new HotConnection(options.url, `${options.applicationName}-starts`);
    this.pool = new Pool({
      ...connectionOptions(options.url),
      application_name: `${options.applicationName}-background`,
      max: 3,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      keepAlive: true,
    });
    this.pool.on('error', () => undefined);
    this.codec = options.codec ?? plainPayloads;
    this.now = options.now;
  }

  async begin(request: LoadRequest): Promise<SagaTransaction> {
    const ids = [...request.executions.keys()].sort();
    const { flush, release } = await this.batches.take();
    try {
      const [, locked, loaded, commands] = (await flush([
        'BEGIN',
        reads.lockExecutions(ids),
        reads.stepsInScopes(request.executions),
        reads.openCommands(ids),
      ])) as [QueryResult, QueryResult, QueryResult, QueryResult];
      const executions = new Map<string, ExecutionRecord>();
      for (const row of locked.rows) executions.set(row.id, toExecution(row, this.codec));
      const missing = ids.filter((id) => !executions.has(id));
      const existing = missing.length === 0 ? [] : ((await flush([reads.existingExecutions(missing)]))[0]?.rows ?? []);
      const ownCommands: CommandRecord[] = [];
      for (const row of commands.rows) if (executions.has(row.execution_id)) ownCommands.push(toCommand(row, this.codec));
      return {
        executions,
        busy: new Set(existing.map((row: { id: string }) => row.id)),
        steps: loaded.rows.filter((row) => executions.has(row.execution_id)).map((row) => toStep(row, this.codec)),
        commands: ownCommands,
        ...this.ending(flush, release),
      };
    } catch (error) {
      await abandon(flush, release);
      throw error;
    }
  }

  async beginStarts(request: Parameters<SagaStore['beginStarts']>[0]): Promise<StartTransaction> {
    const { flush, release } = await this.starts.take();
    try {
      const [, headRows, keyRows, pendingRows] = (await flush([
        'BEGIN',
        reads.definitionHeads(request.workflows),
        reads.knownStartKeys(request.keys),
        reads.lockPendingExecutions(request.pending),
      ])) as [QueryResult, QueryResult, QueryResult, QueryResult];
      const heads = new Map<string, DefinitionHead>();
      for (const row of headRows.rows) {
        heads.set(row.key, { key: row.key, name: row.name, currentVersion: row.current_version, disabled: row.disabled });
      }
      const knownKeys = new Map<string, StartKey>();
      for (const row of keyRows.rows) {
        const { workflow, kind, key, execution_id, input_hash, at_ms } = row;
        knownKeys.set(`${workflow} ${kind} ${key}`, {
          workflow,
          kind,
          key,
          executionId: execution_id,
          inputHash: input_hash,
          at: at_ms,
        });
      }
      const pending = new Map<string, ExecutionRecord>();
      for (const row of pendingRows.rows) pending.set(row.id, toExecution(row, this.codec));
      const lockSlots: StartTransaction['lockSlots'] = (groups, ids) => lockSlotGroups(flush, groups, ids);
      return { heads, knownKeys, pending, lockSlots, ...this.ending(flush, release) };
    } catch (error) {
      await abandon(flush, release);
      throw error;
    }
  }

  /** Whichever of the two comes first ends the transaction and gives the connection back; the other does nothing then. */
  private ending(flush: Flush, release: (broken: boolean) => void): Pick<SagaTransaction, 'commit' | 'rollback'> {
    let ended = false;
    return {
      commit: async (changes: SagaChanges): Promise<CommitReport> => {
        if (ended) throw new Error('the transaction has ended');
        ended = true;
        try {
          const statements = this.statementsOf(changes);
          const answers = await flush([...statements, 'COMMIT']);
          const command = answers[answers.length - 1]?.command;
          if (command !== 'COMMIT') throw new Error(`Postgres answered COMMIT with ${command}: nothing was written`);
          release(false);
          const freed = statements.findIndex(({ name }) => name === slots.releaseSlotsName);
          return { freed: (answers[freed]?.rows ?? []) as SlotGroup[] };
        } catch (error) {
          await abandon(flush, release);
          if (error instanceof DatabaseError && error.code === '23505' && error.table === 'start_keys') {
            throw new StartKeyTaken('another process has just started an execution with the same key', { cause: error });
          }
          throw error;
        }
      },
      rollback: async () => {
        if (ended) return;
        ended = true;
        await abandon(flush, release);
      },
    };
  }

  private statementsOf(changes: SagaChanges): QueryConfig[] {
    const statements = writeStatements(changes, this.now(), this.codec);
    if (changes.commandsGiven?.length) statements.push(insertCommands(changes.commandsGiven, this.codec));
    if (changes.held) statements.push(...heldTasks.heldStatements(changes.held.tasks, changes.held.gone));
    if (changes.backlog) statements.push(...backlog.backlogStatements(changes.backlog.added, changes.backlog.gone));
    // Last, so that a group is locked for as short a time as can be.
    if (changes.slots) statements.push(...slots.slotStatements(changes.slots));
    return statements;
  }

  async definition(workflow: string, version: number): Promise<StoredDefinition | undefined> {
    const { rows } = await this.pool.query(background.storedDefinition(workflow, version));
    return rows[0] && toStoredDefinition(rows[0], this.codec);
  }

  async triggerStamp(): Promise<string> {
    const { rows } = await this.pool.query(background.triggerStamp());
    return rows[0].stamp;
  }

  async triggered(): Promise<StoredDefinition[]> {
    const { rows } = await this.pool.query(background.triggeredDefinitions());
    return rows.map((row) => toStoredDefinition(row, this.codec));
  }

  async claimTimers(now: number, leaseMs: number, limit: number): Promise<TimerRecord[]> {
    const { rows } = await this.pool.query(background.claimDueTimers(now, leaseMs, limit));
    return rows.map(toTimer);
  }

  async nextTimerAt(after: number): Promise<number | undefined> {
    const { rows } = await this.pool.query(background.nextTimer(after));
    return rows[0]?.due_ms ?? undefined;
  }

  async recordDispatches(records: readonly DispatchRecord[], outboxDone: readonly string[]): Promise<DispatchRecord[]> {
    const { rows } = await this.pool.query(background.recordOpenDispatches(records, outboxDone));
    const cancelled = new Set(rows.map((row) => `${row.execution_id} ${row.scope} ${row.node}`));
    return records.filter((record) => cancelled.has(`${record.executionId} ${record.scope} ${record.node}`));
  }

  async dispatches(after: DispatchRecord | null, limit: number): ReturnType<SagaStore['dispatches']> {
    const { rows } = await this.pool.query(background.dispatchesAfter(after, limit));
    return rows.map(background.toDispatch);
  }

  async forgetDispatches(rows: readonly DispatchRecord[]): Promise<void> {
    if (rows.length > 0) await this.pool.query(background.forgetDispatches(rows));
  }

  async recordedDispatches(refs: readonly DispatchRef[]): Promise<DispatchRef[]> {
    if (refs.length === 0) return [];
    const { rows } = await this.pool.query(background.recordedDispatches(refs));
    const name = (parts: readonly unknown[]) => parts.join(' ');
    const recorded = new Set(rows.map((row) => name([row.execution_id, row.scope, row.node, row.attempt, row.dispatch])));
    return refs.filter((ref) => recorded.has(name([ref.executionId, ref.scope, ref.node, ref.attempt, ref.dispatch])));
  }

  async renewOutbox(ids: readonly string[], now: number): Promise<void> {
    if (ids.length > 0) await this.pool.query(background.renewOutbox(ids, now));
  }

  async claimOutbox(before: number, now: number, limit: number): Promise<OutboxBatch[]> {
    const { rows } = await this.pool.query(background.claimOutboxBatches(before, now, limit));
    return rows.map((row) => toOutboxBatch(row, this.codec));
  }

  async forgetOutbox(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.pool.query('DELETE FROM saga.outbox WHERE id = ANY ($1::uuid[])', [ids]);
  }

  async executionsWithCommands(before: number, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query(background.executionsWithOldCommands(before, limit));
    return rows.map((row) => row.execution_id);
  }

  async storeCommand(command: CommandRecord): ReturnType<SagaStore['storeCommand']> {
    const { id, executionId, body, by, at } = command;
    const { rows } = await this.pool.query(background.storeCommand(id, executionId, this.codec.encode(body), by, at));
    if (rows.length === 0) return 'unknown';
    return rows[0].id === null ? 'terminal' : 'stored';
  }

  async nextForSlots(groups: readonly SlotGroup[]): ReturnType<SagaStore['nextForSlots']> {
    const { rows } = await this.pool.query(slots.nextForSlots(groups));
    return rows.map(({ workflow, key, execution_id }) => ({ workflow, key, executionId: execution_id }));
  }

  async groupsWaitingForSlots(after: SlotGroup | null, limit: number): Promise<SlotGroup[]> {
    const { rows } = await this.pool.query(slots.groupsWaitingForSlots(after, limit));
    return rows;
  }

  releaseHeldTasks(bucket: string): ReturnType<SagaStore['releaseHeldTasks']> {
    return inTransaction(this.pool, async (client) => {
      await client.query(heldTasks.lockBucket(bucket));
      // Not before: whoever waits for the lock must not count with an old time.
      const now = this.now();
      const { rows } = await client.query(heldTasks.releaseHeld(bucket, now));
      const next = await client.query(heldTasks.nextRelease(bucket, now));
      return { tasks: rows.map(heldTasks.toHeldTaskRef), nextAt: next.rows[0]?.next_at ?? null };
    });
  }

  async bucketsWithHeldTasks(after: string, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query(heldTasks.holdingBuckets(after, limit));
    return rows.map((row) => row.bucket);
  }

  async releasedTasksLeft(before: number, limit: number): ReturnType<SagaStore['releasedTasksLeft']> {
    const { rows } = await this.pool.query(heldTasks.releasedAndLeft(before, limit));
    return rows.map(heldTasks.toHeldTaskRef);
  }

  async backlogQueues(): ReturnType<SagaStore['backlogQueues']> {
    const { rows } = await this.pool.query(backlog.backlogQueues());
    return new Map(rows.map((row) => [row.queue, row.tasks]));
  }

  async takeBacklog(queue: string, count: number, cursor: string): ReturnType<SagaStore['takeBacklog']> {
    const { rows } = await this.pool.query<backlog.TakenRow>(backlog.takeBacklog(queue, count, cursor, this.now()));
    if (!rows[0]) throw new Error('a query of counts gave no row');
    return backlog.toTakenBacklog(rows[0], count);
  }

  async giveBackBacklog(before: number): Promise<void> {
    await this.pool.query(backlog.giveBackBacklog(before));
  }

  async setting(name: string): Promise<string | undefined> {
    const { rows } = await this.pool.query('SELECT value FROM saga.settings WHERE name = $1', [name]);
    return rows[0]?.value;
  }

  async close(): Promise<void> {
    await Promise.all([this.batches.close(), this.starts.close(), this.pool.end()]);
  }
}

async function lockSlotGroups(
  flush: Flush,
  groups: readonly SlotGroup[],
  executionIds: readonly string[],
): ReturnType<StartTransaction['lockSlots']> {
  const [, found, claims] = (await flush([
    slots.lockSlotGroups(groups),
    slots.slotGroups(groups),
    slots.slotClaims(executionIds),
  ])) as [QueryResult, QueryResult, QueryResult];
  return {
    groups: found.rows.map(slots.toLockedSlotGroup),
    claims: new Map(claims.rows.map(({ execution_id, state }) => [execution_id, state])),
  };
}

async function abandon(flush: Flush, release: (broken: boolean) => void): Promise<void> {
  try {
    await flush(['ROLLBACK']);
    release(false);
  } catch {
    release(true);
  }
}
