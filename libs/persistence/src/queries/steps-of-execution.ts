import type { StepRecord, StepStatus } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import type { Queryable } from './queryable.ts';
import { stepColumns, toStep, type StepRow } from '../rows/step-row.ts';

export interface StepFilter {
  readonly scope?: string;
  readonly node?: string;
  readonly statuses?: readonly StepStatus[];
  /** Only steps after this one, by scope and node. */
  readonly after?: { readonly scope: string; readonly node: string };
  readonly limit: number;
}

/** Steps on record, by scope and node. Steps that never left PENDING have no row. */
export async function stepsOfExecution(
  db: Queryable,
  payloads: PayloadCodec,
  executionId: string,
  filter: StepFilter,
): Promise<StepRecord[]> {
  // A scope's own record has no node.
  const conditions = ['execution_id = $1', "node <> ''"];
  const values: unknown[] = [executionId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  if (filter.scope !== undefined) conditions.push(`scope = ${parameter(filter.scope)}`);
  if (filter.node !== undefined) conditions.push(`node = ${parameter(filter.node)}`);
  if (filter.statuses !== undefined) conditions.push(`status = ANY(${parameter(filter.statuses)})`);
  if (filter.after !== undefined) {
    conditions.push(`(scope, node) > (${parameter(filter.after.scope)}, ${parameter(filter.after.node)})`);
  }
  const { rows } = await db.query<StepRow>(
    `SELECT ${stepColumns} FROM saga.steps s WHERE ${conditions.join(' AND ')}
      ORDER BY scope, node LIMIT ${parameter(filter.limit)}`,
    values,
  );
  return rows.map((row) => toStep(row, payloads));
}
