import type { SlotGroup } from '@jetsaga/contracts';
import type { Queryable } from './queryable.ts';

/** The group in which an execution waits for a slot, and how many of it may run at a time; undefined when it waits for none. */
export async function slotWaitedFor(
  db: Queryable,
  executionId: string,
): Promise<(SlotGroup & { readonly limit: number }) | undefined> {
  const { rows } = await db.query<{ workflow: string; key: string; limit: number }>(
    `SELECT workflow, key, slot_limit AS "limit" FROM saga.slots WHERE execution_id = $1 AND state = 'waiting'`,
    [executionId],
  );
  return rows[0];
}
