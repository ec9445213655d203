import type { LockedSlotGroup, SlotChanges, SlotGroup } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { withoutNul } from './writes.ts';

/*
 * Whoever counts the slots of a group, or changes them, holds the group's advisory lock until its transaction ends. Rows of executions
 * are locked before, never after: so nobody who holds a group waits for somebody who wants it.
 */

const lockName = `hashtextextended(workflow || ' ' || key, 0)`;
const mostStaying = 1_000;
const nextPerGroup = 256;

export function lockSlotGroups(groups: readonly SlotGroup[]): QueryConfig {
  return {
    name: 'lock-slot-groups',
    text: `SELECT pg_advisory_xact_lock(name) FROM (
        SELECT DISTINCT ${lockName} AS name FROM unnest($1::text[], $2::text[]) AS g (workflow, key) ORDER BY 1 OFFSET 0) AS wanted`,
    values: groupArrays(groups),
  };
}

/** A statement of its own after the lock, so that it sees what was committed before the lock was had. */
export function slotGroups(groups: readonly SlotGroup[]): QueryConfig {
  return {
    name: 'slot-groups',
    text: `SELECT g.workflow, g.key,
        (SELECT count(*)::int FROM saga.slots s WHERE s.workflow = g.workflow AND s.key = g.key AND s.state = 'held') AS held,
        EXISTS (SELECT 1 FROM saga.slots s WHERE s.workflow = g.workflow AND s.key = g.key AND s.state = 'waiting') AS has_waiting,
        ARRAY(SELECT s.execution_id FROM saga.slots s WHERE s.workflow = g.workflow AND s.key = g.key AND NOT s.leaving
          ORDER BY s.at, s.execution_id LIMIT ${mostStaying}) AS staying
      FROM unnest($1::text[], $2::text[]) AS g (workflow, key)`,
    values: groupArrays(groups),
  };
}

export interface SlotGroupRow {
  workflow: string;
  key: string;
  held: number;
  has_waiting: boolean;
  staying: string[];
}

export function toLockedSlotGroup({ has_waiting, ...row }: SlotGroupRow): LockedSlotGroup {
  return { ...row, hasWaiting: has_waiting };
}

export function slotClaims(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'slot-claims',
    text: 'SELECT execution_id, state FROM saga.slots WHERE execution_id = ANY ($1::uuid[])',
    values: [executionIds],
  };
}

/** Locks the groups of what is released before it goes: a start that counts it, and waits, is seen then. */
export function slotStatements({ claimed, leaving, released }: SlotChanges): QueryConfig[] {
  const statements: QueryConfig[] = [];
  if (claimed.length > 0) statements.push(claimSlots(claimed));
  if (leaving.length > 0) statements.push(leaveSlots(leaving));
  if (released.length > 0) statements.push(lockGroupsOf(released), releaseSlots(released));
  return statements;
}

function claimSlots(rows: SlotChanges['claimed']): QueryConfig {
  return {
    name: 'claim-slots',
    text: `INSERT INTO saga.slots (execution_id, workflow, key, state, slot_limit, rank, at)
      SELECT execution_id, workflow, key, state, slot_limit, rank, to_timestamp(claimed / 1000.0)
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::float8[], $7::float8[])
        AS r (execution_id, workflow, key, state, slot_limit, rank, claimed)
      ON CONFLICT (execution_id) DO UPDATE SET state = excluded.state`,
    values: [
      rows.map((row) => row.executionId),
      ...groupArrays(rows),
      rows.map((row) => row.state),
      rows.map((row) => row.limit),
      rows.map((row) => row.rank),
      rows.map((row) => row.at),
    ],
  };
}

function leaveSlots(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'leave-slots',
    text: 'UPDATE saga.slots SET leaving = true WHERE execution_id = ANY ($1::uuid[])',
    values: [executionIds],
  };
}

function lockGroupsOf(executionIds: readonly string[]): QueryConfig {
  return {
    name: 'lock-slot-groups-of',
    text: `SELECT pg_advisory_xact_lock(name) FROM (
        SELECT DISTINCT ${lockName} AS name FROM saga.slots WHERE execution_id = ANY ($1::uuid[]) ORDER BY 1 OFFSET 0) AS wanted`,
    values: [executionIds],
  };
}

export const releaseSlotsName = 'release-slots';

/** Gives the groups in which somebody waits for what is released. */
function releaseSlots(executionIds: readonly string[]): QueryConfig {
  return {
    name: releaseSlotsName,
    text: `WITH gone AS (DELETE FROM saga.slots WHERE execution_id = ANY ($1::uuid[]) RETURNING workflow, key)
      SELECT DISTINCT g.workflow, g.key FROM gone g
      WHERE EXISTS (SELECT 1 FROM saga.slots s WHERE s.workflow = g.workflow AND s.key = g.key AND s.state = 'waiting')`,
    values: [executionIds],
  };
}

/** The first ones that wait, as many as there are free slots by what each one's version says. */
export function nextForSlots(groups: readonly SlotGroup[]): QueryConfig {
  return {
    text: `SELECT g.workflow, g.key, w.execution_id FROM unnest($1::text[], $2::text[]) AS g (workflow, key)
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS held FROM saga.slots s WHERE s.workflow = g.workflow AND s.key = g.key AND s.state = 'held') AS h
      CROSS JOIN LATERAL (
        SELECT s.execution_id, s.slot_limit, row_number() OVER (ORDER BY s.rank, s.execution_id) AS place FROM saga.slots s
        WHERE s.workflow = g.workflow AND s.key = g.key AND s.state = 'waiting' AND NOT s.leaving
        ORDER BY s.rank, s.execution_id LIMIT ${nextPerGroup}) AS w
      WHERE h.held + w.place <= w.slot_limit ORDER BY g.workflow, g.key, w.place`,
    values: groupArrays(groups),
  };
}

/** From group to group along the index, however many wait in each. */
export function groupsWaitingForSlots(after: SlotGroup | null, limit: number): QueryConfig {
  return {
    text: `WITH RECURSIVE groups AS (
        (SELECT workflow, key FROM saga.slots WHERE state = 'waiting' AND (workflow, key) > ($1, $2) ORDER BY workflow, key LIMIT 1)
        UNION ALL
        SELECT n.workflow, n.key FROM groups g CROSS JOIN LATERAL (
          SELECT s.workflow, s.key FROM saga.slots s WHERE s.state = 'waiting' AND (s.workflow, s.key) > (g.workflow, g.key)
          ORDER BY s.workflow, s.key LIMIT 1) AS n)
      SELECT workflow, key FROM groups LIMIT $3`,
    values: [after?.workflow ?? '', after?.key ?? '', limit],
  };
}

function groupArrays(groups: readonly SlotGroup[]): [string[], string[]] {
  return [groups.map((group) => group.workflow), groups.map((group) => withoutNul(group.key))];
}
