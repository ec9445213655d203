import type { ExecutionRecord } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import { executionColumns, executionFromRow, type ExecutionRow } from './execution-row.ts';
import type { Queryable } from './queryable.ts';

/** What is on record about one execution; `id` must be a UUID. */
export async function executionById(db: Queryable, payloads: PayloadCodec, id: string): Promise<ExecutionRecord | undefined> {
  const { rows } = await db.query<ExecutionRow>(`SELECT ${executionColumns} FROM saga.executions WHERE id = $1`, [id]);
  return rows[0] && executionFromRow(rows[0], payloads);
}
