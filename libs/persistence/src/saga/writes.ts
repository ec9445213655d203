import type {
  CommandRecord,
  ExecutionRecord,
  HistoryChunk,
  OutboxBatch,
  SagaChanges,
  StartKey,
  StepRecord,
  TimerKey,
  TimerRecord,
} from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import { waitingStatements } from './waiting-writes.ts';
import { withoutNul } from './without-nul.ts';

const at = (column: string) => `to_timestamp(${column} / 1000.0)`;

/** The statements that write all of it, one a list that is not empty. */
export function writeStatements(changes: SagaChanges, now: number, codec: PayloadCodec): QueryConfig[] {
  const statements: QueryConfig[] = [];
  if (changes.newExecutions.length > 0) statements.push(insertExecutions(changes.newExecutions, codec));
  if (changes.executions.length > 0) statements.push(updateExecutions(changes.executions, codec));
  if (changes.steps.length > 0) statements.push(upsertSteps(changes.steps, codec));
  const undone = changes.steps.filter((step) => step.undo !== undefined);
  if (undone.length > 0) statements.push(recordUndo(undone, codec));
  if (changes.timersCleared.length > 0) statements.push(clearTimers(changes.timersCleared));
  if (changes.timersStale.length > 0) statements.push(clearStaleTimers(changes.timersStale));
  if (changes.timersSet.length > 0) statements.push(setTimers(changes.timersSet));
  if (changes.timersReleased) statements.push(releaseTimers(changes.timersReleased));
  if (changes.history.length > 0) statements.push(insertHistory(changes.history, codec));
  if (changes.commandsGiven.length > 0) statements.push(giveCommands(changes.commandsGiven, codec));
  if (changes.commandsHandled.length > 0) statements.push(handleCommands(changes.commandsHandled, now));
  if (changes.startKeys.length > 0) statements.push(insertStartKeys(changes.startKeys));
  if (changes.waiting) statements.push(...waitingStatements(changes.waiting, codec));
  if (changes.outbox) statements.push(insertOutbox(changes.outbox, codec));
  if (changes.outboxDone.length > 0) statements.push(deleteOutbox(changes.outboxDone));
  return statements;
}

function insertExecutions(rows: readonly ExecutionRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'insert-executions',
    text: `INSERT INTO saga.executions (id, workflow, version, status, input, output, error, ending, labels, priority, parent_execution_id,
        parent_path, depth, started_by, created_at, started_at, finished_at, history_seq, traceparent)
      SELECT id, workflow, version, status, input, output, error, ending, labels::jsonb, priority, parent_id, parent_path, depth, started_by,
        ${at('created')}, ${at('started')}, ${at('finished')}, history_seq, traceparent
      FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::uuid[], $12::text[], $13::int[], $14::text[], $15::float8[], $16::float8[], $17::float8[], $18::bigint[], $19::text[])
        AS r (id, workflow, version, status, input, output, error, ending, labels, priority, parent_id, parent_path, depth, started_by,
          created, started, finished, history_seq, traceparent)`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.workflow),
      rows.map((row) => row.version),
      rows.map((row) => row.status),
      rows.map((row) => codec.encode(row.input)),
      rows.map((row) => optional(row.output, codec)),
      rows.map((row) => optional(row.error, codec)),
      rows.map((row) => optional(row.ending ?? undefined, codec)),
      rows.map((row) => labelsJson(row.labels)),
      rows.map((row) => row.priority),
      rows.map((row) => row.parent?.executionId ?? null),
      rows.map((row) => row.parent?.path ?? null),
      rows.map((row) => row.depth),
      rows.map((row) => row.startedBy),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.startedAt),
      rows.map((row) => row.finishedAt),
      rows.map((row) => row.historySeq),
      rows.map((row) => row.traceparent),
    ],
  };
}

function updateExecutions(rows: readonly ExecutionRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'update-executions',
    text: `UPDATE saga.executions e SET version = r.version, status = r.status, input = r.input, output = r.output, error = r.error, ending = r.ending,
        started_at = ${at('r.started')}, finished_at = ${at('r.finished')}, history_seq = r.history_seq
      FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::bigint[])
        AS r (id, version, status, input, output, error, ending, started, finished, history_seq)
      WHERE e.id = r.id`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.version),
      rows.map((row) => row.status),
      rows.map((row) => codec.encode(row.input)),
      rows.map((row) => optional(row.output, codec)),
      rows.map((row) => optional(row.error, codec)),
      rows.map((row) => optional(row.ending ?? undefined, codec)),
      rows.map((row) => row.startedAt),
      rows.map((row) => row.finishedAt),
      rows.map((row) => row.historySeq),
    ],
  };
}

function upsertSteps(rows: readonly StepRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'upsert-steps',
    text: `INSERT INTO saga.steps (execution_id, scope, node, status, handler, queue, attempt, generation, dispatch, config, output, branch, error,
        queued_at, started_at, finished_at, worker, waiting_for, settled_seq)
      SELECT execution_id, scope, node, status, handler, queue, attempt, generation, dispatch, config, output, branch, error,
        ${at('queued')}, ${at('started')}, ${at('finished')}, worker, waiting_for, settled_seq
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::int[], $10::text[], $11::text[],
        $12::text[], $13::text[], $14::float8[], $15::float8[], $16::float8[], $17::text[], $18::text[], $19::bigint[])
        AS r (execution_id, scope, node, status, handler, queue, attempt, generation, dispatch, config, output, branch, error,
          queued, started, finished, worker, waiting_for, settled_seq)
      ON CONFLICT (execution_id, scope, node) DO UPDATE SET status = excluded.status, handler = excluded.handler, queue = excluded.queue,
        attempt = excluded.attempt, generation = excluded.generation, dispatch = excluded.dispatch, config = excluded.config,
        output = excluded.output, branch = excluded.branch, error = excluded.error, queued_at = excluded.queued_at,
        started_at = excluded.started_at, finished_at = excluded.finished_at, worker = excluded.worker,
        waiting_for = excluded.waiting_for, settled_seq = excluded.settled_seq`,
    values: [
      rows.map((row) => row.executionId),
      rows.map((row) => row.scope),
      rows.map((row) => row.node),
      rows.map((row) => row.status),
      rows.map((row) => row.handler),
      rows.map((row) => row.queue),
      rows.map((row) => row.attempt),
      rows.map((row) => row.generation),
      rows.map((row) => row.dispatch),
      rows.map((row) => optional(row.config, codec)),
      rows.map((row) => optional(row.output, codec)),
      rows.map((row) => withoutNul(row.branch)),
      rows.map((row) => optional(row.error, codec)),
      rows.map((row) => row.queuedAt),
      rows.map((row) => row.startedAt),
      rows.map((row) => row.finishedAt),
      rows.map((row) => withoutNul(row.worker)),
      rows.map((row) => withoutNul(row.waitingFor)),
      rows.map((row) => row.settledSeq),
    ],
  };
}

/** Apart from the other columns: few steps are ever undone, and the others pay nothing for it. */
function recordUndo(rows: readonly StepRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'record-undo',
    text: `UPDATE saga.steps s SET undo = r.undo FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS r (execution_id, scope, node, undo)
      WHERE s.execution_id = r.execution_id AND s.scope = r.scope AND s.node = r.node`,
    values: [
      rows.map((row) => row.executionId),
      rows.map((row) => row.scope),
      rows.map((row) => row.node),
      rows.map((row) => optional(row.undo ?? undefined, codec)),
    ],
  };
}

function setTimers(rows: readonly TimerRecord[]): QueryConfig {
  return {
    name: 'set-timers',
    text: `INSERT INTO saga.timers (execution_id, scope, node, kind, attempt, due_at)
      SELECT execution_id, scope, node, kind, attempt, ${at('due')}
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::float8[]) AS r (execution_id, scope, node, kind, attempt, due)
      ON CONFLICT (execution_id, scope, node, kind) DO UPDATE
        SET attempt = excluded.attempt, due_at = excluded.due_at, claimed_until = '-infinity'`,
    values: [...timerKeyArrays(rows), rows.map((row) => row.attempt), rows.map((row) => row.dueAt)],
  };
}

function releaseTimers({ executionIds, heldSince, at: dueAt }: NonNullable<SagaChanges['timersReleased']>): QueryConfig {
  return {
    name: 'release-timers',
    text: `UPDATE saga.timers SET due_at = ${at('$3::float8')}, claimed_until = '-infinity'
      WHERE execution_id = ANY ($1::uuid[]) AND due_at >= ${at('$2::float8')}`,
    values: [executionIds, heldSince, dueAt],
  };
}

function clearTimers(rows: readonly TimerKey[]): QueryConfig {
  return {
    name: 'clear-timers',
    text: `DELETE FROM saga.timers t USING unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS r (execution_id, scope, node, kind)
      WHERE t.execution_id = r.execution_id AND t.scope = r.scope AND t.node = r.node AND t.kind = r.kind`,
    values: timerKeyArrays(rows),
  };
}

function clearStaleTimers(rows: readonly TimerRecord[]): QueryConfig {
  return {
    name: 'clear-stale-timers',
    text: `DELETE FROM saga.timers t
      USING unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::float8[]) AS r (execution_id, scope, node, kind, attempt, due)
      WHERE t.execution_id = r.execution_id AND t.scope = r.scope AND t.node = r.node AND t.kind = r.kind
        AND t.attempt = r.attempt AND t.due_at = ${at('r.due')}`,
    values: [...timerKeyArrays(rows), rows.map((row) => row.attempt), rows.map((row) => row.dueAt)],
  };
}

function timerKeyArrays(rows: readonly TimerKey[]): string[][] {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.scope),
    rows.map((row) => row.node),
    rows.map((row) => row.kind),
  ];
}

function insertHistory(chunks: readonly HistoryChunk[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'insert-history',
    text: `INSERT INTO saga.history (execution_id, seq, entries)
      SELECT execution_id, seq, entries FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS r (execution_id, seq, entries)`,
    values: [
      chunks.map((chunk) => chunk.executionId),
      chunks.map((chunk) => chunk.entries[chunk.entries.length - 1]?.seq),
      chunks.map((chunk) => codec.encode(chunk.entries)),
    ],
  };
}

function giveCommands(rows: readonly CommandRecord[], codec: PayloadCodec): QueryConfig {
  return {
    name: 'give-commands',
    text: `INSERT INTO saga.commands (id, execution_id, body, given_by, given_at)
      SELECT r.id, r.execution_id, r.body, r.given_by, ${at('r.given')}
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[]) AS r (id, execution_id, body, given_by, given)
      JOIN saga.executions e ON e.id = r.execution_id AND e.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT')`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.executionId),
      rows.map((row) => codec.encode(row.body)),
      rows.map((row) => row.by),
      rows.map((row) => row.at),
    ],
  };
}

function handleCommands(rows: SagaChanges['commandsHandled'], now: number): QueryConfig {
  return {
    name: 'handle-commands',
    text: `UPDATE saga.commands c SET handled_at = ${at('$3::float8')}, outcome = r.outcome
      FROM unnest($1::uuid[], $2::text[]) AS r (id, outcome) WHERE c.id = r.id`,
    values: [rows.map((row) => row.id), rows.map((row) => row.outcome), now],
  };
}

function insertStartKeys(rows: readonly StartKey[]): QueryConfig {
  return {
    name: 'insert-start-keys',
    text: `INSERT INTO saga.start_keys (workflow, kind, key, execution_id, input_hash, at)
      SELECT workflow, kind, key, execution_id, input_hash, ${at('made')}
      FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::float8[]) AS r (workflow, kind, key, execution_id, input_hash, made)`,
    values: [
      rows.map((row) => row.workflow),
      rows.map((row) => row.kind),
      rows.map((row) => withoutNul(row.key)),
      rows.map((row) => row.executionId),
      rows.map((row) => row.inputHash),
      rows.map((row) => row.at),
    ],
  };
}

function insertOutbox(batch: OutboxBatch, codec: PayloadCodec): QueryConfig {
  return {
    name: 'insert-outbox',
    text: `INSERT INTO saga.outbox (id, created_at, taken_at, tasks, messages)
      VALUES ($1::uuid, ${at('$2::float8')}, ${at('$2::float8')}, $3, $4)`,
    values: [batch.id, batch.createdAt, JSON.stringify(batch.tasks), codec.encode(batch.messages)],
  };
}

function deleteOutbox(ids: readonly string[]): QueryConfig {
  return { name: 'delete-outbox', text: 'DELETE FROM saga.outbox WHERE id = ANY ($1::uuid[])', values: [ids] };
}

function labelsJson(labels: ExecutionRecord['labels']): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).map(([name, value]) => [withoutNul(name), withoutNul(value)])));
}

function optional(value: unknown, codec: PayloadCodec): string | null {
  return value === undefined ? null : codec.encode(value);
}
