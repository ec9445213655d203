import type { Queryable } from './queryable.ts';

/**
 * Removes a terminal execution and everything on record about it, in one statement. Start keys that came from events stay: they
 * keep a redelivered event from starting it anew.
 */
export async function deleteTerminalExecution(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await db.query<{ id: string }>(
    `WITH gone AS (
       DELETE FROM saga.executions
        WHERE id = $1 AND status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT')
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
    [id],
  );
  return rows.length > 0;
}
