import type { RecipientQuery } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { ms } from '../rows/milliseconds.ts';
import { stepColumns } from '../rows/step-row.ts';
import { withoutNul } from './without-nul.ts';

export function recipients(query: RecipientQuery, limit: number): QueryConfig {
  return 'executionId' in query
    ? {
        name: 'recipient-by-id',
        text: `SELECT e.id FROM saga.executions e WHERE e.id = $1::uuid AND e.status NOT IN ${terminal} LIMIT $2`,
        values: [query.executionId, limit],
      }
    : {
        name: 'recipients-by-label',
        text: `SELECT e.id FROM saga.executions e
          WHERE e.workflow = $1 AND e.labels <> '{}' AND e.labels @> $2::jsonb AND e.status NOT IN ${terminal} ORDER BY e.id LIMIT $3`,
        values: [withoutNul(query.workflow), JSON.stringify(query.labels).replaceAll('\\u0000', '\uFFFD'), limit],
      };
}

const terminal = `('COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT')`;

export function keptSignals(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'kept-signals',
    text: `SELECT s.id, s.execution_id, s.name, s.payload, ${ms('s.received_at')} AS received_ms
      FROM saga.signals s WHERE s.execution_id = ANY ($1::uuid[]) ORDER BY s.received_at, s.id`,
    values: [executionIds],
  };
}

export function signalBacklog(executionId: string): QueryConfig {
  return {
    text: `SELECT (SELECT count(*) FROM saga.signals WHERE execution_id = $1::uuid)::int
        + (SELECT count(*) FROM saga.commands WHERE execution_id = $1::uuid AND handled_at IS NULL)::int AS backlog`,
    values: [executionId],
  };
}

/** The steps in the inner scopes that are wanted or in which one waits, and in the scopes around them; the root's are loaded anyway. */
export function stepsInWaitingScopes(wanted: ReadonlyMap<string, ReadonlySet<string>>): QueryConfig {
  const pairs = [...wanted].flatMap(([id, scopes]) => [...scopes].map((scope) => ({ id, scope })));
  return {
    name: 'steps-in-waiting-scopes',
    text: `WITH waiting AS (
        SELECT w.execution_id, w.scope FROM saga.waits w WHERE w.execution_id = ANY ($1::uuid[]) AND w.scope <> ''
        UNION SELECT * FROM unnest($2::uuid[], $3::text[]))
      SELECT ${stepColumns} FROM saga.steps s
      WHERE s.execution_id = ANY ($1::uuid[]) AND s.scope <> '' AND EXISTS (
        SELECT FROM waiting w WHERE w.execution_id = s.execution_id AND (w.scope = s.scope OR starts_with(w.scope, s.scope || '/')))`,
    values: [[...wanted.keys()], pairs.map(({ id }) => id), pairs.map(({ scope }) => scope)],
  };
}
