import type { ErrorShape, ExecutionRecord, ExecutionStatus, Json, Priority } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

/** A row of `saga.executions` as `executionColumns` selects it. */
export interface ExecutionRow {
  id: string;
  workflow: string;
  version: number;
  status: ExecutionStatus;
  input: string;
  output: string | null;
  error: string | null;
  ending: string | null;
  labels: Record<string, string>;
  priority: Priority;
  parent_execution_id: string | null;
  parent_path: string | null;
  depth: number;
  started_by: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  history_seq: string;
  traceparent: string | null;
}

export const executionColumns =
  'id, workflow, version, status, input, output, error, ending, labels, priority, parent_execution_id, parent_path, depth, ' +
  'started_by, created_at, started_at, finished_at, history_seq, traceparent';

export function executionFromRow(row: ExecutionRow, payloads: PayloadCodec): ExecutionRecord {
  return {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    status: row.status,
    input: payloads.decode(row.input),
    ...(row.output !== null && { output: payloads.decode<Json>(row.output) }),
    ...(row.error !== null && { error: payloads.decode<ErrorShape & Json>(row.error) }),
    ending: row.ending === null ? null : payloads.decode(row.ending),
    labels: row.labels,
    priority: row.priority,
    parent: row.parent_execution_id === null ? null : { executionId: row.parent_execution_id, path: row.parent_path ?? '' },
    depth: row.depth,
    startedBy: row.started_by,
    createdAt: row.created_at.getTime(),
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    historySeq: Number(row.history_seq),
    traceparent: row.traceparent,
  };
}
