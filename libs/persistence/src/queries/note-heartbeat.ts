import type { Queryable } from './queryable.ts';

/** Notes that somebody is still at work on a deferred step; one that does not wait (yet) has nowhere to note it. */
export async function noteHeartbeat(
  db: Queryable,
  step: { readonly executionId: string; readonly scope: string; readonly node: string },
  note: string | null,
): Promise<void> {
  await db.query(
    `UPDATE saga.waits SET heartbeat_at = now(), note = coalesce($4, note)
      WHERE execution_id = $1 AND scope = $2 AND node = $3 AND kind = 'task'`,
    [step.executionId, step.scope, step.node, note],
  );
}
