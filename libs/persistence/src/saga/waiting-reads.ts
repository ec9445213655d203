import type { QueryConfig } from 'pg';
import { ms } from '../rows/milliseconds.ts';
import { stepColumns } from '../rows/step-row.ts';

export function keptSignals(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'kept-signals',
    text: `SELECT s.id, s.execution_id, s.name, s.payload, ${ms('s.received_at')} AS received_ms
      FROM saga.signals s WHERE s.execution_id = ANY ($1::uuid[]) ORDER BY s.received_at, s.id`,
    values: [executionIds],
  };
}

/** The steps in every inner scope in which one waits, and in the scopes around it: that of the root is loaded anyway. */
export function stepsInWaitingScopes(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'steps-in-waiting-scopes',
    text: `WITH waiting AS (
        SELECT DISTINCT w.execution_id, w.scope FROM saga.waits w WHERE w.execution_id = ANY ($1::uuid[]) AND w.scope <> '')
      SELECT ${stepColumns} FROM saga.steps s
      WHERE s.execution_id = ANY ($1::uuid[]) AND s.scope <> '' AND EXISTS (
        SELECT FROM waiting w WHERE w.execution_id = s.execution_id AND (w.scope = s.scope OR starts_with(w.scope, s.scope || '/')))`,
    values: [executionIds],
  };
}
