import { ms } from '../rows/milliseconds.ts';
import type { Queryable } from './queryable.ts';

export interface WaitingTask {
  readonly executionId: string;
  readonly workflow: string;
  readonly scope: string;
  readonly node: string;
  readonly handler: string;
  readonly attempt: number;
  readonly waitingFor: string | null;
  readonly worker: string | null;
  readonly since: number;
  readonly heartbeatAt: number | null;
  readonly note: string | null;
}

export interface WaitingTaskFilter {
  readonly workflow?: string;
  readonly handler?: string;
  readonly executionId?: string;
  readonly after?: { readonly since: number; readonly executionId: string; readonly scope: string; readonly node: string };
  readonly limit: number;
}

interface WaitingTaskRow {
  execution_id: string;
  workflow: string;
  scope: string;
  node: string;
  handler: string;
  attempt: number;
  waiting_for: string | null;
  worker: string | null;
  since_ms: number;
  heartbeat_ms: number | null;
  note: string | null;
}

/** Deferred steps that wait to be completed by their token, longest first. */
export async function waitingTasks(db: Queryable, filter: WaitingTaskFilter): Promise<WaitingTask[]> {
  const conditions = [`w.kind = 'task'`];
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  if (filter.workflow !== undefined) conditions.push(`e.workflow = ${parameter(filter.workflow)}`);
  if (filter.handler !== undefined) conditions.push(`w.name = ${parameter(filter.handler)}`);
  if (filter.executionId !== undefined) conditions.push(`w.execution_id = ${parameter(filter.executionId)}::uuid`);
  if (filter.after !== undefined) {
    const { since, executionId, scope, node } = filter.after;
    conditions.push(`(w.since, w.execution_id, w.scope, w.node) >
      (to_timestamp(${parameter(since)}::float8 / 1000.0), ${parameter(executionId)}::uuid, ${parameter(scope)}, ${parameter(node)})`);
  }
  const { rows } = await db.query<WaitingTaskRow>(
    `SELECT w.execution_id, e.workflow, w.scope, w.node, s.handler, s.attempt, s.waiting_for, s.worker, ${ms('w.since')} AS since_ms,
        ${ms('w.heartbeat_at')} AS heartbeat_ms, w.note
      FROM saga.waits w
      JOIN saga.executions e ON e.id = w.execution_id
      JOIN saga.steps s ON s.execution_id = w.execution_id AND s.scope = w.scope AND s.node = w.node
      WHERE ${conditions.join(' AND ')}
      ORDER BY w.since, w.execution_id, w.scope, w.node LIMIT ${parameter(filter.limit)}`,
    values,
  );
  return rows.map((row) => ({
    executionId: row.execution_id,
    workflow: row.workflow,
    scope: row.scope,
    node: row.node,
    handler: row.handler,
    attempt: row.attempt,
    waitingFor: row.waiting_for,
    worker: row.worker,
    since: row.since_ms,
    heartbeatAt: row.heartbeat_ms,
    note: row.note,
  }));
}
