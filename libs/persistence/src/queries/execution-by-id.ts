import type { ExecutionRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { executionColumns, toExecution, type ExecutionRow } from '../rows/execution-row.ts';
import type { Queryable } from './queryable.ts';

/** What is on record about one execution; `id` must be a UUID. */
export async function executionById(db: Queryable, payloads: PayloadCodec, id: string): Promise<ExecutionRecord | undefined> {
  const { rows } = await db.query<ExecutionRow>(`SELECT ${executionColumns} FROM saga.executions e WHERE e.id = $1`, [id]);
  return rows[0] && toExecution(rows[0], payloads);
}
