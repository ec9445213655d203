import type { HistoryEntry } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import type { Queryable } from './queryable.ts';

/**
 * Entries after the sequence `after`, oldest first. A row holds all entries of one transaction, so that there may be a few
 * more than `limit`, never fewer while there are any left.
 */
export async function historyOfExecution(
  db: Queryable,
  payloads: PayloadCodec,
  executionId: string,
  after: number,
  limit: number,
): Promise<HistoryEntry[]> {
  const { rows } = await db.query<{ entries: string }>(
    'SELECT entries FROM saga.history WHERE execution_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    [executionId, after, limit],
  );
  return rows.flatMap((row) => payloads.decode<HistoryEntry[]>(row.entries)).filter((entry) => entry.seq > after);
}
