import type { PayloadCodec } from '../payload-codec.ts';
import type { Queryable } from './queryable.ts';

export type IdempotencyClaim =
  /** This request is the first: work on it, then store or release. */
  | { readonly kind: 'claimed' }
  /** The first request is being worked on. */
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  /** The key was used with another request. */
  | { readonly kind: 'conflict' };

/** Takes the key for `leaseMs`; a claim whose holder died is over after that. */
export async function claimIdempotencyKey(
  db: Queryable,
  payloads: PayloadCodec,
  claim: { readonly key: string; readonly requestHash: string; readonly leaseMs: number },
): Promise<IdempotencyClaim> {
  const taken = await db.query(
    `INSERT INTO saga.idempotent_responses AS r (key, request_hash, claimed_until)
     VALUES ($1, $2, now() + $3 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET request_hash = excluded.request_hash, claimed_until = excluded.claimed_until
      WHERE r.status IS NULL AND r.claimed_until < now()
     RETURNING key`,
    [claim.key, claim.requestHash, claim.leaseMs],
  );
  if (taken.rows.length > 0) return { kind: 'claimed' };
  const { rows } = await db.query<{ request_hash: string; status: number | null; body: string | null }>(
    'SELECT request_hash, status, body FROM saga.idempotent_responses WHERE key = $1',
    [claim.key],
  );
  const known = rows[0];
  if (known === undefined) return { kind: 'in_progress' };
  if (known.request_hash !== claim.requestHash) return { kind: 'conflict' };
  if (known.status === null) return { kind: 'in_progress' };
  return { kind: 'answered', status: known.status, body: known.body === null ? undefined : payloads.decode<unknown>(known.body) };
}

export async function storeIdempotentResponse(
  db: Queryable,
  payloads: PayloadCodec,
  answer: { readonly key: string; readonly status: number; readonly body: unknown },
): Promise<void> {
  await db.query('UPDATE saga.idempotent_responses SET status = $2, body = $3 WHERE key = $1', [
    answer.key,
    answer.status,
    answer.body === undefined ? null : payloads.encode(answer.body),
  ]);
}

/** The request failed: the next one with the key is worked on as if it were the first. */
export async function releaseIdempotencyKey(db: Queryable, key: string): Promise<void> {
  await db.query('DELETE FROM saga.idempotent_responses WHERE key = $1 AND status IS NULL', [key]);
}

export async function forgetIdempotentResponses(db: Queryable, olderThanMs: number): Promise<void> {
  await db.query(`DELETE FROM saga.idempotent_responses WHERE created_at < now() - $1 * interval '1 millisecond'`, [olderThanMs]);
}
