import type { StepRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { ms } from './milliseconds.ts';

/** Of `saga.steps s`. */
export const stepColumns = `s.execution_id, s.scope, s.node, s.status, s.handler, s.queue, s.attempt, s.generation, s.dispatch, s.config, s.output,
  s.branch, s.error, ${ms('s.queued_at')} AS queued_ms, ${ms('s.started_at')} AS started_ms, ${ms('s.finished_at')} AS finished_ms,
  s.worker, s.waiting_for, s.settled_seq, s.undo`;

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
  undo: string | null;
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
    ...(row.undo === null ? {} : { undo: codec.decode(row.undo) }),
  };
}
