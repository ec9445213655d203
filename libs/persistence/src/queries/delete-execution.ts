import type { Queryable } from './queryable.ts';

/** Resolves to false when it is not terminal, or not there. */
export async function deleteTerminalExecution(db: Queryable, id: string): Promise<boolean> {
  return (await deleteTerminalExecutions(db, [id])) > 0;
}

/**
 * Removes terminal executions and everything on record about them, in one statement. Start keys that came from events stay: they
 * keep a redelivered event from starting one anew. Resolves to how many are gone.
 */
export async function deleteTerminalExecutions(db: Queryable, ids: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `WITH gone AS (
       DELETE FROM saga.executions
        WHERE id = ANY ($1::uuid[]) AND status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT')
       RETURNING id, workflow
     ),
     steps AS (DELETE FROM saga.steps USING gone WHERE steps.execution_id = gone.id),
     history AS (DELETE FROM saga.history USING gone WHERE history.execution_id = gone.id),
     timers AS (DELETE FROM saga.timers USING gone WHERE timers.execution_id = gone.id),
     dispatches AS (DELETE FROM saga.dispatches USING gone WHERE dispatches.execution_id = gone.id),
     commands AS (DELETE FROM saga.commands USING gone WHERE commands.execution_id = gone.id),
     signals AS (DELETE FROM saga.signals USING gone WHERE signals.execution_id = gone.id),
     waits AS (DELETE FROM saga.waits USING gone WHERE waits.execution_id = gone.id),
     keys AS (
       DELETE FROM saga.start_keys USING gone
        WHERE start_keys.workflow = gone.workflow AND start_keys.kind = 'key' AND start_keys.execution_id = gone.id
     )
     SELECT id FROM gone`,
    [ids],
  );
  return rows.length;
}
