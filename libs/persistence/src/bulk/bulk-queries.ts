import { statesTaking, type BulkJob, type ExecutionStatus } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { executionConditions } from '../queries/search-executions.ts';
import { ms } from '../rows/milliseconds.ts';

const at = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000.0)`;
const columns = `id, action, command, filter, status, total, done, given_by, ${ms('given_at')} AS given_ms, ${ms('finished_at')} AS finished_ms`;

export interface BulkJobRow {
  id: string;
  action: BulkJob['action'];
  command: string | null;
  filter: BulkJob['filter'];
  status: BulkJob['status'];
  total: string;
  done: string;
  given_by: string;
  given_ms: number;
  finished_ms: number | null;
}

export function toBulkJob(row: BulkJobRow, codec: PayloadCodec): BulkJob {
  return {
    id: row.id,
    action: row.action,
    command: row.command === null ? null : codec.decode(row.command),
    filter: row.filter,
    status: row.status,
    total: Number(row.total),
    done: Number(row.done),
    by: row.given_by,
    givenAt: row.given_ms,
    finishedAt: row.finished_ms,
  };
}

interface Query {
  readonly text: string;
  readonly values: unknown[];
}

type NewJob = Pick<BulkJob, 'id' | 'action' | 'command' | 'filter' | 'by' | 'givenAt'>;

/** A job with the number of executions that it would be about now. */
export function addJob(job: NewJob, codec: PayloadCodec): Query {
  const { where, values } = concerned(job, null);
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const text = `INSERT INTO saga.bulk_jobs (id, action, command, filter, status, total, given_by, given_at)
    SELECT ${parameter(job.id)}::uuid, ${parameter(job.action)}, ${parameter(job.command && codec.encode(job.command))},
      ${parameter(JSON.stringify(job.filter))}::jsonb, 'RUNNING', (SELECT count(*) FROM saga.executions WHERE ${where}),
      ${parameter(job.by)}, ${at(parameter(job.givenAt))}
    RETURNING ${columns}`;
  return { text, values };
}

export function jobById(id: string): Query {
  return { text: `SELECT ${columns} FROM saga.bulk_jobs WHERE id = $1`, values: [id] };
}

export function claimJob(now: number, leaseMs: number): Query {
  return {
    text: `WITH free AS (
        SELECT id FROM saga.bulk_jobs WHERE finished_at IS NULL AND claimed_until <= ${at('$1')} ORDER BY given_at LIMIT 1 FOR UPDATE SKIP LOCKED)
      UPDATE saga.bulk_jobs SET claimed_until = ${at('($1::float8 + $2::float8)')} WHERE id IN (SELECT id FROM free) RETURNING ${columns}`,
    values: [now, leaseMs],
  };
}

/** The job, locked for one page, and how far it has come. */
export function lockJob(id: string): Query {
  return { text: `SELECT ${columns}, position FROM saga.bulk_jobs WHERE id = $1 FOR UPDATE`, values: [id] };
}

/** The next executions that it is about, the newest first. */
export function pageOfJob(job: NewJob, position: string | null, limit: number): Query {
  const { where, values } = concerned(job, position);
  return { text: `SELECT id FROM saga.executions WHERE ${where} ORDER BY id DESC LIMIT $${values.push(limit)}`, values };
}

/** One command each; an execution that does not take it any more by the time it is looked at ignores it. */
export function commandExecutions(job: BulkJob, ids: readonly string[], now: number, codec: PayloadCodec): Query {
  return {
    text: `INSERT INTO saga.commands (id, execution_id, body, given_by, given_at)
      SELECT gen_random_uuid(), e.id, $2, $3, ${at('$4')} FROM saga.executions e WHERE e.id = ANY ($1::uuid[])`,
    values: [ids, codec.encode(job.command), job.by, now],
  };
}

export function advanceJob(
  id: string,
  done: number,
  position: string | null,
  isOver: boolean,
  now: number,
  leaseMs: number,
): Query {
  return {
    text: `UPDATE saga.bulk_jobs SET done = done + $2, position = coalesce($3::uuid, position), status = CASE WHEN $4 THEN 'COMPLETED' ELSE status END,
        finished_at = CASE WHEN $4 THEN ${at('$5')} END, claimed_until = ${at('($5::float8 + $6::float8)')} WHERE id = $1`,
    values: [id, done, position, isOver, now, leaseMs],
  };
}

/** Executions that match, take the action, were there when it was given, and come after the position. */
function concerned({ action, filter, givenAt }: Pick<BulkJob, 'action' | 'filter' | 'givenAt'>, position: string | null) {
  const { text, statuses, labels, since, until, workflow } = filter;
  const { conditions, values } = executionConditions({
    ...(workflow !== undefined && { workflow }),
    ...(statuses !== undefined && { statuses }),
    ...(labels !== undefined && { labels }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(text !== undefined && { text }),
    ...(position !== null && { before: position }),
  });
  const parameter = (value: unknown) => `$${values.push(value)}`;
  conditions.push(`status = ANY (${parameter(statesFor(action))}::text[])`, `created_at <= ${at(parameter(givenAt))}`);
  return { where: conditions.join(' AND '), values };
}

function statesFor(action: BulkJob['action']): readonly ExecutionStatus[] {
  return action === 'delete' ? ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'] : statesTaking(action);
}
