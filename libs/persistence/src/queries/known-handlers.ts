import type { HandlerDescription } from '@jetsaga/contracts';
import type { Queryable } from './queryable.ts';

export interface KnownHandler extends HandlerDescription {
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** Every handler that some worker ever announced, by name. */
export async function knownHandlers(db: Queryable): Promise<KnownHandler[]> {
  const { rows } = await db.query<{ description: HandlerDescription; first_seen_at: Date; last_seen_at: Date }>(
    'SELECT description, first_seen_at, last_seen_at FROM saga.handlers ORDER BY name',
  );
  return rows.map((row) => ({
    ...row.description,
    firstSeenAt: row.first_seen_at.getTime(),
    lastSeenAt: row.last_seen_at.getTime(),
  }));
}
