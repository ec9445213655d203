import type { CommandRecord, ExecutionRecord, OutboxBatch, StepRecord, TimerRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

/** Epoch milliseconds out of a timestamptz column, as one SQL expression. */
export const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

export const executionColumns = `e.id, e.workflow, e.version, e.status, e.input, e.output, e.error, e.ending, e.labels, e.priority,
  e.parent_execution_id, e.parent_path, e.depth, e.started_by, ${ms('e.created_at')} AS created_ms, ${ms('e.started_at')} AS started_ms,
  ${ms('e.finished_at')} AS finished_ms, e.history_seq, e.traceparent`;

export interface ExecutionRow {
  id: string;
  workflow: string;
  version: number;
  status: ExecutionRecord['status'];
  input: string;
  output: string | null;
  error: string | null;
  ending: string | null;
  labels: Record<string, string>;
  priority: ExecutionRecord['priority'];
  parent_execution_id: string | null;
  parent_path: string | null;
  depth: number;
  started_by: string;
  created_ms: number;
  started_ms: number | null;
  finished_ms: number | null;
  history_seq: string;
  traceparent: string | null;
}

export function toExecution(row: ExecutionRow, codec: PayloadCodec): ExecutionRecord {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    status: row.status,
    input: codec.decode(row.input),
    ...(row.output === null ? {} : { output: codec.decode(row.output) }),
    ...(row.error === null ? {} : { error: codec.decode(row.error) }),
    ending: row.ending === null ? null : codec.decode(row.ending),
    labels: row.labels,
    priority: row.priority,
    parent: row.parent_execution_id === null ? null : { executionId: row.parent_execution_id, path: row.parent_path ?? '' },
    depth: row.depth,
    startedBy: row.started_by,
    createdAt: row.created_ms,
    startedAt: row.started_ms,
    finishedAt: row.finished_ms,
    historySeq: Number(row.history_seq),
    traceparent: row.traceparent,
  };
}

export const stepColumns = `s.execution_id, s.scope, s.node, s.status, s.handler, s.queue, s.attempt, s.generation, s.dispatch, s.config, s.output,
  s.branch, s.error, ${ms('s.queued_at')} AS queued_ms, ${ms('s.started_at')} AS started_ms, ${ms('s.finished_at')} AS finished_ms,
  s.worker, s.waiting_for, s.settled_seq`;

export interface StepRow {
  execution_id: string;
  scope: string;
  node: string;
  status: StepRecord['status'];
  handler: string;
  queue: string | null;
  attempt: number;
  generation: number;
  dispatch: number;
  config: string | null;
  output: string | null;
  branch: string | null;
  error: string | null;
  queued_ms: number | null;
  started_ms: number | null;
  finished_ms: number | null;
  worker: string | null;
  waiting_for: string | null;
  settled_seq: string | null;
}

export function toStep(row: StepRow, codec: PayloadCodec): StepRecord {
  return {
    executionId: row.execution_id,
    scope: row.scope,
    node: row.node,
    status: row.status,
    handler: row.handler,
    queue: row.queue,
    attempt: row.attempt,
    generation: row.generation,
    dispatch: row.dispatch,
    ...(row.config === null ? {} : { config: codec.decode(row.config) }),
    ...(row.output === null ? {} : { output: codec.decode(row.output) }),
    branch: row.branch,
    ...(row.error === null ? {} : { error: codec.decode(row.error) }),
    queuedAt: row.queued_ms,
    startedAt: row.started_ms,
    finishedAt: row.finished_ms,
    worker: row.worker,
    waitingFor: row.waiting_for,
    settledSeq: row.settled_seq === null ? null : Number(row.settled_seq),
  };
}

export const timerColumns = `t.execution_id, t.scope, t.node, t.kind, t.attempt, ${ms('t.due_at')} AS due_ms`;

export interface TimerRow {
  execution_id: string;
  scope: string;
  node: string;
  kind: TimerRecord['kind'];
  attempt: number;
  due_ms: number;
}

export function toTimer(row: TimerRow): TimerRecord {
  const { execution_id, due_ms, ...rest } = row;
  return { ...rest, executionId: execution_id, dueAt: due_ms };
}

export interface CommandRow {
  id: string;
  execution_id: string;
  body: string;
  given_by: string;
  given_ms: number;
}

export function toCommand(row: CommandRow, codec: PayloadCodec): CommandRecord {
  return { id: row.id, executionId: row.execution_id, body: codec.decode(row.body), by: row.given_by, at: row.given_ms };
}

export interface OutboxRow {
  id: string;
  created_ms: number;
  tasks: string;
  messages: string;
}

export function toOutboxBatch(row: OutboxRow, codec: PayloadCodec): OutboxBatch {
  return { id: row.id, createdAt: row.created_ms, tasks: JSON.parse(row.tasks), messages: codec.decode(row.messages) };
}
