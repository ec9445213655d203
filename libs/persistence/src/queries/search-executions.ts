import type { ExecutionRecord, ExecutionStatus } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { executionColumns, toExecution, type ExecutionRow } from '../rows/execution-row.ts';
import type { Queryable } from './queryable.ts';

export interface ExecutionSearch {
  readonly workflow?: string;
  readonly statuses?: readonly ExecutionStatus[];
  /** The execution whose steps have started them. */
  readonly parent?: string;
  /** All of them must be there. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Accepted at or after, and before; epoch milliseconds. */
  readonly since?: number;
  readonly until?: number;
  /** Part of the id, the workflow's key, or a label. */
  readonly text?: string;
  /** Only executions older than this one. */
  readonly before?: string;
  readonly limit: number;
}

export interface ExecutionConditions {
  readonly conditions: string[];
  readonly values: unknown[];
}

/** What `search` asks for, over the columns of `saga.executions`; parameters are counted from $1. */
export function executionConditions(search: Omit<ExecutionSearch, 'limit'>): ExecutionConditions {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const where = (value: unknown, condition: (parameter: string) => string) => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (search.workflow !== undefined) where(search.workflow, (p) => `workflow = ${p}`);
  if (search.parent !== undefined) where(search.parent, (p) => `parent_execution_id = ${p}::uuid`);
  if (search.statuses !== undefined) where(search.statuses, (p) => `status = ANY(${p})`);
  if (search.labels !== undefined && Object.keys(search.labels).length > 0) {
    where(JSON.stringify(search.labels), (p) => `(labels <> '{}' AND labels @> ${p}::jsonb)`);
  }
  if (search.since !== undefined) {
    where(new Date(search.since), (p) => `created_at >= ${p}`);
    where(oldestIdAt(search.since - idSlackMs), (p) => `id >= ${p}`);
  }
  if (search.until !== undefined) {
    where(new Date(search.until), (p) => `created_at < ${p}`);
    where(oldestIdAt(search.until + idSlackMs), (p) => `id < ${p}`);
  }
  if (search.text !== undefined && search.text !== '') {
    where(
      `%${search.text.replace(/[\\%_]/g, '\\$&')}%`,
      (p) => `(workflow ILIKE ${p} OR id::text ILIKE ${p} OR labels::text ILIKE ${p})`,
    );
  }
  if (search.before !== undefined) where(search.before, (p) => `id < ${p}`);
  return { conditions, values };
}

/** Newest first. Ids are time-ordered, so that the primary key's index is also the order, and bounds the times asked for. */
export async function searchExecutions(
  db: Queryable,
  payloads: PayloadCodec,
  search: ExecutionSearch,
): Promise<ExecutionRecord[]> {
  const { conditions, values } = executionConditions(search);
  values.push(search.limit);
  const { rows } = await db.query<ExecutionRow>(
    `SELECT ${executionColumns} FROM saga.executions e
      ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
      ORDER BY id DESC LIMIT $${values.length}`,
    values,
  );
  return rows.map((row) => toExecution(row, payloads));
}

/** Clocks of several processes disagree a little about when an id was made. */
const idSlackMs = 60_000;

/** The smallest UUID of version 7 that could be made at that time. */
function oldestIdAt(at: number): string {
  const hex = Math.max(0, Math.min(at, 2 ** 48 - 1))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
