import type { EventKey, EventToKeep, WaitKey } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import { withoutNul } from './without-nul.ts';

/** Walks along the primary key from one kind to the next, so that a thousand executions of one kind cost no more than one. */
export function distinctInterests(): QueryConfig {
  return {
    text: `WITH RECURSIVE kinds AS (
        (SELECT pattern, paths FROM saga.event_interests ORDER BY pattern, paths LIMIT 1)
        UNION ALL
        SELECT next.pattern, next.paths FROM kinds CROSS JOIN LATERAL (
          SELECT i.pattern, i.paths FROM saga.event_interests i WHERE (i.pattern, i.paths) > (kinds.pattern, kinds.paths)
          ORDER BY i.pattern, i.paths LIMIT 1) AS next)
      SELECT pattern, paths FROM kinds`,
  };
}

/** Kept once per key; one that comes again may have started more executions. */
export function keepEvent(
  keys: readonly EventKey[],
  { identity, event, started }: EventToKeep,
  codec: PayloadCodec,
): QueryConfig {
  return {
    text: `INSERT INTO saga.kept_events (pattern, paths, hash, identity, started, event)
      SELECT pattern, paths, hash, $4, $5::uuid[], $6 FROM unnest($1::text[], $2::text[], $3::text[]) AS r (pattern, paths, hash)
      ON CONFLICT (pattern, paths, identity) DO UPDATE SET started = saga.kept_events.started || excluded.started
        WHERE NOT excluded.started <@ saga.kept_events.started`,
    values: [...keyArrays(keys), withoutNul(identity), started, codec.encode(event)],
  };
}

export function waitersFor(keys: readonly EventKey[], after: WaitKey | null, limit: number): QueryConfig {
  return {
    text: `SELECT w.execution_id, w.scope, w.node, w.name
      FROM unnest($1::text[], $2::text[], $3::text[]) AS r (pattern, paths, hash)
      JOIN saga.waits w ON w.kind = 'event' AND w.interest = r.pattern AND w.paths = r.paths AND w.hash = r.hash
      WHERE (w.execution_id, w.scope, w.node) > ($4::uuid, $5::text, $6::text)
      ORDER BY w.execution_id, w.scope, w.node LIMIT $7`,
    values: [...keyArrays(keys), after?.executionId ?? nilUuid, after?.scope ?? '', after?.node ?? '', limit],
  };
}

export function eventsMissedBy({ executionId, scope, node }: WaitKey, after: number, limit: number): QueryConfig {
  return {
    text: `SELECT k.seq, k.event FROM saga.waits w
      JOIN saga.event_interests i ON i.pattern = w.interest AND i.paths = w.paths AND i.execution_id = w.execution_id
      JOIN saga.kept_events k ON k.pattern = w.interest AND k.paths = w.paths AND k.hash = w.hash
      WHERE w.execution_id = $1::uuid AND w.scope = $2 AND w.node = $3 AND w.kind = 'event'
        AND k.received_at >= i.since AND NOT w.execution_id = ANY (k.started) AND k.seq > $4
      ORDER BY k.seq LIMIT $5`,
    values: [executionId, scope, node, after, limit],
  };
}

export function waitCaughtUp({ executionId, scope, node }: WaitKey): QueryConfig {
  return {
    text: `UPDATE saga.waits SET caught_up = true WHERE execution_id = $1::uuid AND scope = $2 AND node = $3 AND kind = 'event'`,
    values: [executionId, scope, node],
  };
}

export function waitsBehind(before: number, limit: number): QueryConfig {
  return {
    text: `SELECT w.execution_id, w.scope, w.node, w.name FROM saga.waits w
      WHERE w.kind = 'event' AND NOT w.caught_up AND w.since < to_timestamp($1::float8 / 1000.0) ORDER BY w.since LIMIT $2`,
    values: [before, limit],
  };
}

/** Nobody who is under way was there when it came. */
export function forgetKeptEvents(limit: number): QueryConfig {
  return {
    text: `DELETE FROM saga.kept_events WHERE seq IN (
        SELECT k.seq FROM saga.kept_events k WHERE NOT EXISTS (
          SELECT FROM saga.event_interests i WHERE i.pattern = k.pattern AND i.paths = k.paths AND i.since <= k.received_at)
        LIMIT $1)`,
    values: [limit],
  };
}

const nilUuid = '00000000-0000-0000-0000-000000000000';

function keyArrays(keys: readonly EventKey[]): string[][] {
  return [keys.map((key) => key.pattern), keys.map((key) => withoutNul(key.paths)), keys.map((key) => key.hash)];
}
