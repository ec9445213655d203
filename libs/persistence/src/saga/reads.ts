import type { StartKey } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { withoutNul } from './without-nul.ts';
import { executionColumns } from '../rows/execution-row.ts';
import { ms } from '../rows/milliseconds.ts';
import { stepColumns } from '../rows/step-row.ts';

/** Locks what nobody else holds, in id order, so that two coordinators never wait for each other. */
export function lockExecutions(ids: readonly string[]): QueryConfig {
  return {
    name: 'lock-executions',
    text: `SELECT ${executionColumns} FROM saga.executions e WHERE e.id = ANY ($1::uuid[]) ORDER BY e.id FOR UPDATE SKIP LOCKED`,
    values: [ids],
  };
}

/** A statement of its own after the lock: joined to it, it might see the steps as they were before the lock was had. */
export function stepsInScopes(wanted: ReadonlyMap<string, ReadonlySet<string> | 'all'>): QueryConfig {
  const ids: string[] = [];
  const scopes: string[] = [];
  for (const [id, scopesOfExecution] of wanted) {
    if (scopesOfExecution === 'all') continue;
    for (const scope of scopesOfExecution) {
      ids.push(id);
      scopes.push(scope);
    }
  }
  return {
    name: 'steps-in-scopes',
    text: `SELECT ${stepColumns} FROM unnest($1::uuid[], $2::text[]) AS wanted (id, scope)
      JOIN saga.steps s ON s.execution_id = wanted.id AND s.scope = wanted.scope`,
    values: [ids, scopes],
  };
}

/** Every step of the executions of which all are wanted. */
export function allSteps(ids: readonly string[]): QueryConfig {
  return {
    name: 'all-steps',
    text: `SELECT ${stepColumns} FROM saga.steps s WHERE s.execution_id = ANY ($1::uuid[])`,
    values: [ids],
  };
}

/** The records of scopes that are COMPLETED, with what came of them. */
export function completedScopes(executionId: string, scopes: readonly string[]): QueryConfig {
  return {
    name: 'completed-scopes',
    text: `SELECT s.scope, s.output FROM unnest($2::text[]) AS wanted (scope)
      JOIN saga.steps s ON s.execution_id = $1::uuid AND s.scope = wanted.scope AND s.node = ''
      WHERE s.status = 'COMPLETED'`,
    values: [executionId, scopes],
  };
}

export function openCommands(ids: readonly string[]): QueryConfig {
  return {
    name: 'open-commands',
    text: `SELECT c.id, c.execution_id, c.body, c.given_by, ${ms('c.given_at')} AS given_ms
      FROM saga.commands c WHERE c.execution_id = ANY ($1::uuid[]) AND c.handled_at IS NULL ORDER BY c.given_at, c.id`,
    values: [ids],
  };
}

export function existingExecutions(ids: readonly string[]): QueryConfig {
  return { name: 'existing-executions', text: 'SELECT id FROM saga.executions WHERE id = ANY ($1::uuid[])', values: [ids] };
}

export function definitionHeads(keys: readonly string[]): QueryConfig {
  return {
    name: 'definition-heads',
    text: 'SELECT key, name, current_version, disabled FROM saga.definitions WHERE key = ANY ($1::text[])',
    values: [keys],
  };
}

export function knownStartKeys(keys: readonly Pick<StartKey, 'workflow' | 'kind' | 'key'>[]): QueryConfig {
  return {
    name: 'known-start-keys',
    text: `SELECT k.workflow, k.kind, k.key, k.execution_id, k.input_hash, ${ms('k.at')} AS at_ms
      FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (workflow, kind, key)
      JOIN saga.start_keys k ON k.workflow = wanted.workflow AND k.kind = wanted.kind AND k.key = wanted.key`,
    values: [keys.map((key) => key.workflow), keys.map((key) => key.kind), keys.map((key) => withoutNul(key.key))],
  };
}

export function lockPendingExecutions(ids: readonly string[]): QueryConfig {
  return {
    name: 'lock-pending-executions',
    text: `SELECT ${executionColumns} FROM saga.executions e WHERE e.id = ANY ($1::uuid[]) AND e.status = 'PENDING' ORDER BY e.id FOR UPDATE`,
    values: [ids],
  };
}
