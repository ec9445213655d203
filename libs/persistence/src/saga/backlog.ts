import type { BacklogTask, DispatchRef, TakenBacklog } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { withoutNul } from './writes.ts';

const keysAtOnce = 200;
/** Of each key, however many there are. */
const fewestPerKey = 20;
const countedAtMost = 1_000;

const at = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000.0)`;
const sameStep = (a: string, b: string) =>
  `${a}.execution_id = ${b}.execution_id AND ${a}.scope = ${b}.scope AND ${a}.node = ${b}.node`;

export function backlogStatements(added: readonly BacklogTask[], gone: readonly DispatchRef[]): QueryConfig[] {
  const statements: QueryConfig[] = [];
  if (gone.length > 0) statements.push(forgetBacklog(gone));
  if (added.length > 0) statements.push(addBacklog(added));
  return statements;
}

function addBacklog(rows: readonly BacklogTask[]): QueryConfig {
  return {
    name: 'add-backlog',
    text: `INSERT INTO saga.backlog (execution_id, scope, node, attempt, dispatch, queue, fair_key, priority, rank)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::smallint[], $9::float8[])
      ON CONFLICT (execution_id, scope, node) DO UPDATE SET attempt = excluded.attempt, dispatch = excluded.dispatch, queue = excluded.queue,
        fair_key = excluded.fair_key, priority = excluded.priority, rank = excluded.rank, taken_at = NULL`,
    values: [
      ...refArrays(rows),
      rows.map((row) => row.queue),
      rows.map((row) => withoutNul(row.fairKey)),
      rows.map((row) => row.priority),
      rows.map((row) => row.rank),
    ],
  };
}

function forgetBacklog(rows: readonly DispatchRef[]): QueryConfig {
  return {
    name: 'forget-backlog',
    text: `DELETE FROM saga.backlog b USING unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[])
        AS r (execution_id, scope, node, attempt, dispatch)
      WHERE ${sameStep('b', 'r')} AND b.attempt = r.attempt AND b.dispatch = r.dispatch`,
    values: refArrays(rows),
  };
}

/**
 * Takes what is to be sent next, one process of all at a time: by priority, then key by key in turn, then by rank. What its step does not wait for any more is thrown
 * away on the way, many at a time.
 */
export function takeBacklog(queue: string, count: number, cursor: string, now: number): QueryConfig {
  return {
    text: `WITH RECURSIVE mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended($1, 2)) AS locked),
      keys AS (
        (SELECT fair_key FROM saga.backlog WHERE (SELECT locked FROM mine) AND queue = $1 AND taken_at IS NULL AND fair_key > $2 ORDER BY fair_key LIMIT 1)
        UNION ALL
        SELECT n.fair_key FROM keys k CROSS JOIN LATERAL (
          SELECT b.fair_key FROM saga.backlog b WHERE b.queue = $1 AND b.taken_at IS NULL AND b.fair_key > k.fair_key
          ORDER BY b.fair_key LIMIT 1) AS n),
      chosen AS MATERIALIZED (SELECT fair_key FROM keys LIMIT ${keysAtOnce}),
      first AS (
        SELECT f.*, row_number() OVER (PARTITION BY f.fair_key, f.class ORDER BY f.rank) AS turn
        FROM chosen k CROSS JOIN LATERAL (
          SELECT b.execution_id, b.scope, b.node, b.attempt, b.dispatch, b.fair_key, b.rank,
            CASE WHEN b.rank <= $4::float8 THEN 0 ELSE b.priority END AS class
          FROM saga.backlog b WHERE b.queue = $1 AND b.fair_key = k.fair_key AND b.taken_at IS NULL
          ORDER BY b.rank, b.execution_id, b.scope, b.node
          LIMIT (SELECT greatest(${fewestPerKey}, 2 * $3::int / greatest(1, count(*))) FROM chosen)) AS f),
      picked AS MATERIALIZED (SELECT * FROM first ORDER BY class, turn, rank LIMIT $3::int),
      judged AS MATERIALIZED (
        SELECT p.*, coalesce(s.status = 'QUEUED' AND s.attempt = p.attempt AND s.dispatch = p.dispatch, false) AS wanted
        FROM picked p LEFT JOIN saga.steps s ON ${sameStep('s', 'p')}),
      gone AS (DELETE FROM saga.backlog b USING judged j WHERE ${sameStep('b', 'j')} AND NOT j.wanted),
      taken AS (
        UPDATE saga.backlog b SET taken_at = ${at('$4')} FROM judged j
        WHERE ${sameStep('b', 'j')} AND j.wanted AND b.taken_at IS NULL
        RETURNING b.execution_id, b.scope, b.node, b.attempt, b.dispatch, j.class, j.turn, j.rank)
      SELECT (SELECT count(*)::int FROM picked) AS picked,
        (SELECT CASE WHEN count(*) < ${keysAtOnce} THEN '' ELSE max(fair_key) END FROM chosen) AS cursor,
        coalesce((SELECT json_agg(json_build_object('executionId', execution_id, 'scope', scope, 'node', node, 'attempt', attempt,
          'dispatch', dispatch) ORDER BY class, turn, rank) FROM taken), '[]') AS tasks`,
    values: [queue, cursor, count, now],
  };
}

export interface TakenRow {
  picked: number;
  cursor: string;
  tasks: DispatchRef[];
}

export function toTakenBacklog({ picked, cursor, tasks }: TakenRow, count: number): TakenBacklog {
  return { tasks, cursor, drained: cursor === '' && picked < count };
}

/** Queues with a backlog, and how long it is, counted up to a thousand. */
export function backlogQueues(): QueryConfig {
  return {
    text: `WITH RECURSIVE queues AS (
        (SELECT queue FROM saga.backlog WHERE taken_at IS NULL ORDER BY queue LIMIT 1)
        UNION ALL
        SELECT n.queue FROM queues q CROSS JOIN LATERAL (
          SELECT b.queue FROM saga.backlog b WHERE b.taken_at IS NULL AND b.queue > q.queue ORDER BY b.queue LIMIT 1) AS n)
      SELECT q.queue, (SELECT count(*)::int FROM (
          SELECT 1 FROM saga.backlog b WHERE b.taken_at IS NULL AND b.queue = q.queue LIMIT ${countedAtMost}) AS counted) AS tasks
      FROM queues q`,
  };
}

/** Taken before that time, and still here: whoever took it has not lived to send it. */
export function giveBackBacklog(before: number): QueryConfig {
  return { text: `UPDATE saga.backlog SET taken_at = NULL WHERE taken_at < ${at('$1')}`, values: [before] };
}

function refArrays(rows: readonly DispatchRef[]) {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.scope),
    rows.map((row) => row.node),
    rows.map((row) => row.attempt),
    rows.map((row) => row.dispatch),
  ];
}
