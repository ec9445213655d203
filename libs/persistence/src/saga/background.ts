import type { CommandRecord, DispatchRecord, DispatchRef, DispatchState, ExecutionStatus } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { definitionColumns } from '../rows/definition-row.ts';
import { executionColumns } from '../rows/execution-row.ts';
import { ms } from '../rows/milliseconds.ts';
import { timerColumns } from '../rows/timer-row.ts';

const at = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000.0)`;
/** While a step is COMPENSATING, the dispatch on record is its undo's. */
const openStatuses = `('QUEUED', 'RUNNING', 'COMPENSATING')`;

/** The newest execution that a step has started. */
export function newestChild(executionId: string, path: string): QueryConfig {
  return {
    text: `SELECT ${executionColumns} FROM saga.executions e WHERE e.parent_execution_id = $1::uuid AND e.parent_path = $2
      ORDER BY e.created_at DESC LIMIT 1`,
    values: [executionId, path],
  };
}

export function storedDefinition(key: string, version: number): QueryConfig {
  return {
    text: `SELECT ${definitionColumns} FROM saga.definition_versions v JOIN saga.definitions d USING (key) WHERE v.key = $1 AND v.version = $2`,
    values: [key, version],
  };
}

export function triggeredDefinitions(): QueryConfig {
  return {
    text: `SELECT ${definitionColumns} FROM saga.definitions d
      JOIN saga.definition_versions v ON v.key = d.key AND v.version = d.current_version
      WHERE v.has_triggers AND NOT d.disabled`,
  };
}

export function triggerStamp(): QueryConfig {
  return {
    text: `SELECT coalesce(md5(string_agg(key || ':' || current_version || ':' || disabled || ':' || changed_at, ',' ORDER BY key)), '') AS stamp FROM saga.definitions`,
  };
}

export function claimDueTimers(now: number, leaseMs: number, limit: number): QueryConfig {
  return {
    text: `WITH due AS (
        SELECT execution_id, scope, node, kind FROM saga.timers
        WHERE due_at <= ${at('$1')} AND claimed_until <= ${at('$1')}
        ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      UPDATE saga.timers t SET claimed_until = ${at('($1::float8 + $2::float8)')} FROM due
      WHERE t.execution_id = due.execution_id AND t.scope = due.scope AND t.node = due.node AND t.kind = due.kind
      RETURNING ${timerColumns}`,
    values: [now, leaseMs, limit],
  };
}

/** The next one that is not due yet: those that are due have just been claimed, here or elsewhere. */
export function nextTimer(after: number): QueryConfig {
  return {
    text: `SELECT ${ms('due_at')} AS due_ms FROM saga.timers WHERE due_at > ${at('$1')} ORDER BY due_at LIMIT 1`,
    values: [after],
  };
}

/** Records what is still open, forgets the outbox batches it came from, and returns what was cancelled meanwhile, in one transaction. */
export function recordOpenDispatches(records: readonly DispatchRecord[], outboxDone: readonly string[]): QueryConfig {
  return {
    text: `WITH sent AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::bigint[], $9::float8[])
          AS r (execution_id, scope, node, attempt, dispatch, queue, stream_created, sequence, dispatched)),
      current AS (
        SELECT sent.*, s.status, s.undo IS NOT NULL AS awaited FROM sent JOIN saga.steps s ON s.execution_id = sent.execution_id AND s.scope = sent.scope AND s.node = sent.node
        WHERE s.attempt = sent.attempt AND s.dispatch = sent.dispatch),
      forgotten AS (DELETE FROM saga.outbox WHERE id = ANY ($10::uuid[])),
      recorded AS (
        INSERT INTO saga.dispatches (execution_id, scope, node, attempt, dispatch, queue, stream_created, sequence, dispatched_at)
        SELECT execution_id, scope, node, attempt, dispatch, queue, stream_created, sequence, to_timestamp(dispatched / 1000.0)
        FROM current WHERE status IN ${openStatuses} OR (status = 'CANCELLED' AND awaited)
        ON CONFLICT (execution_id, scope, node) DO UPDATE SET attempt = excluded.attempt, dispatch = excluded.dispatch, queue = excluded.queue,
          stream_created = excluded.stream_created, sequence = excluded.sequence, dispatched_at = excluded.dispatched_at
          WHERE (saga.dispatches.attempt, saga.dispatches.dispatch) <= (excluded.attempt, excluded.dispatch))
      SELECT execution_id, scope, node FROM current WHERE status = 'CANCELLED' AND NOT awaited`,
    values: [
      records.map((row) => row.executionId),
      records.map((row) => row.scope),
      records.map((row) => row.node),
      records.map((row) => row.attempt),
      records.map((row) => row.dispatch),
      records.map((row) => row.queue),
      records.map((row) => row.streamCreated),
      records.map((row) => row.sequence),
      records.map((row) => row.dispatchedAt),
      outboxDone,
    ],
  };
}

/** By their place in the index `dispatches_by_time`. */
export function dispatchesAfter(after: DispatchRecord | null, limit: number): QueryConfig {
  return {
    text: `WITH page AS (
        SELECT * FROM saga.dispatches
        WHERE (dispatched_at, execution_id, scope, node) > (to_timestamp($1::float8 / 1000.0), $2::uuid, $3::text, $4::text)
        ORDER BY dispatched_at, execution_id, scope, node LIMIT $5)
      SELECT p.execution_id, p.scope, p.node, p.attempt, p.dispatch, p.queue, p.stream_created, p.sequence,
        ${ms('p.dispatched_at')} AS dispatched_ms,
        CASE WHEN s.attempt = p.attempt AND s.dispatch = p.dispatch AND s.status IN ${openStatuses} THEN 'open'
          WHEN s.status = 'CANCELLED' AND s.undo IS NOT NULL THEN 'awaited' WHEN s.status = 'CANCELLED' THEN 'cancelled' ELSE 'closed' END AS state
      FROM page p LEFT JOIN saga.steps s ON s.execution_id = p.execution_id AND s.scope = p.scope AND s.node = p.node
      ORDER BY p.dispatched_at, p.execution_id, p.scope, p.node`,
    values: [after?.dispatchedAt ?? 0, after?.executionId ?? nilUuid, after?.scope ?? '', after?.node ?? '', limit],
  };
}

const nilUuid = '00000000-0000-0000-0000-000000000000';

export function forgetDispatches(rows: readonly DispatchRecord[]): QueryConfig {
  return {
    text: `DELETE FROM saga.dispatches d USING unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[])
        AS r (execution_id, scope, node, attempt, dispatch)
      WHERE d.execution_id = r.execution_id AND d.scope = r.scope AND d.node = r.node AND d.attempt = r.attempt AND d.dispatch = r.dispatch`,
    values: refArrays(rows),
  };
}

export function recordedDispatches(refs: readonly DispatchRef[]): QueryConfig {
  return {
    text: `SELECT d.execution_id, d.scope, d.node, d.attempt, d.dispatch FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[])
        AS r (execution_id, scope, node, attempt, dispatch)
      JOIN saga.dispatches d ON d.execution_id = r.execution_id AND d.scope = r.scope AND d.node = r.node
      WHERE d.attempt = r.attempt AND d.dispatch = r.dispatch`,
    values: refArrays(refs),
  };
}

function refArrays(refs: readonly DispatchRef[]) {
  return [
    refs.map((ref) => ref.executionId),
    refs.map((ref) => ref.scope),
    refs.map((ref) => ref.node),
    refs.map((ref) => ref.attempt),
    refs.map((ref) => ref.dispatch),
  ];
}

export function renewOutbox(ids: readonly string[], now: number): QueryConfig {
  return { text: `UPDATE saga.outbox SET taken_at = ${at('$2')} WHERE id = ANY ($1::uuid[])`, values: [ids, now] };
}

export interface DispatchRow {
  execution_id: string;
  scope: string;
  node: string;
  attempt: number;
  dispatch: number;
  queue: string;
  stream_created: string | null;
  sequence: string | null;
  dispatched_ms: number;
  state: DispatchState;
}

export function toDispatch(row: DispatchRow): DispatchRecord & { state: DispatchState } {
  const { execution_id, scope, node, attempt, dispatch, queue, stream_created, sequence, dispatched_ms, state } = row;
  return {
    executionId: execution_id,
    scope,
    node,
    attempt,
    dispatch,
    queue,
    streamCreated: stream_created,
    sequence: sequence === null ? null : Number(sequence),
    dispatchedAt: dispatched_ms,
    state,
  };
}

export function claimOutboxBatches(before: number, now: number, limit: number): QueryConfig {
  return {
    text: `WITH stale AS (SELECT id FROM saga.outbox WHERE taken_at < ${at('$1')} ORDER BY taken_at LIMIT $3 FOR UPDATE SKIP LOCKED)
      UPDATE saga.outbox o SET taken_at = ${at('$2')} FROM stale WHERE o.id = stale.id
      RETURNING o.id, ${ms('o.created_at')} AS created_ms, o.tasks, o.messages`,
    values: [before, now, limit],
  };
}

export function executionsWithOldCommands(before: number, limit: number): QueryConfig {
  return {
    text: `SELECT DISTINCT execution_id FROM (
        SELECT execution_id FROM saga.commands WHERE handled_at IS NULL AND given_at < ${at('$1')} ORDER BY given_at LIMIT $2) AS old`,
    values: [before, limit],
  };
}

/** Stores a command where the execution is in one of the states; otherwise says what state it is in. */
export function storeCommand(
  { id, executionId, by, at: givenAt }: CommandRecord,
  body: string,
  states: readonly ExecutionStatus[],
): QueryConfig {
  return {
    text: `WITH target AS (SELECT status FROM saga.executions WHERE id = $2::uuid),
      stored AS (
        INSERT INTO saga.commands (id, execution_id, body, given_by, given_at)
        SELECT $1::uuid, $2::uuid, $3::text, $4::text, ${at('$5')} FROM target WHERE status = ANY ($6::text[])
        RETURNING id)
      SELECT target.status, stored.id FROM target LEFT JOIN stored ON true`,
    values: [id, executionId, body, by, givenAt, states],
  };
}
