import type { ErrorShape, Json, StepRecord, StepStatus } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';

/** A row of `saga.steps` as `stepColumns` selects it. */
export interface StepRow {
  execution_id: string;
  scope: string;
  node: string;
  status: StepStatus;
  handler: string;
  queue: string | null;
  attempt: number;
  generation: number;
  dispatch: number;
  config: string | null;
  output: string | null;
  branch: string | null;
  error: string | null;
  queued_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  worker: string | null;
  waiting_for: string | null;
  settled_seq: string | null;
}

export const stepColumns =
  'execution_id, scope, node, status, handler, queue, attempt, generation, dispatch, config, output, branch, error, queued_at, ' +
  'started_at, finished_at, worker, waiting_for, settled_seq';

export function stepFromRow(row: StepRow, payloads: PayloadCodec): StepRecord {
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
    ...(row.config !== null && { config: payloads.decode<Json>(row.config) }),
    ...(row.output !== null && { output: payloads.decode<Json>(row.output) }),
    branch: row.branch,
    ...(row.error !== null && { error: payloads.decode<ErrorShape & Json>(row.error) }),
    queuedAt: row.queued_at?.getTime() ?? null,
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    worker: row.worker,
    waitingFor: row.waiting_for,
    settledSeq: row.settled_seq === null ? null : Number(row.settled_seq),
  };
}
