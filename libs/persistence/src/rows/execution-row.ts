import type { ExecutionRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { ms } from './milliseconds.ts';

/** Of `saga.executions e`. */
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
