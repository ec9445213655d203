import type { HeldTask, HeldTaskRef } from '@jetsaga/contracts';
import type { QueryConfig } from 'pg';
import { withoutNul } from './writes.ts';

/** At a time. */
const mostReleased = 500;
/** A bucket's grants are counted in so many parts of its time, each rounded up: a few rows, and never more than the limit. */
const grantsPerBucket = 1_000;

const released = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000.0)`;

export function heldStatements(held: readonly HeldTask[], gone: readonly HeldTaskRef[]): QueryConfig[] {
  const statements: QueryConfig[] = [];
  if (gone.length > 0) statements.push(forgetHeld(gone));
  if (held.length > 0) statements.push(holdTasks(held));
  return statements;
}

function holdTasks(rows: readonly HeldTask[]): QueryConfig {
  return {
    name: 'hold-tasks',
    text: `INSERT INTO saga.held_tasks (execution_id, scope, node, attempt, queue, bucket, rate_limit, rate_per, rank)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::int[], $8::float8[], $9::float8[])
      ON CONFLICT (execution_id, scope, node) DO UPDATE SET attempt = excluded.attempt, queue = excluded.queue, bucket = excluded.bucket,
        rate_limit = excluded.rate_limit, rate_per = excluded.rate_per, rank = excluded.rank, released_at = NULL`,
    values: [
      ...refArrays(rows),
      rows.map((row) => row.queue),
      rows.map((row) => withoutNul(row.rate.bucket)),
      rows.map((row) => row.rate.limit),
      rows.map((row) => row.rate.perMs),
      rows.map((row) => row.rank),
    ],
  };
}

function forgetHeld(rows: readonly HeldTaskRef[]): QueryConfig {
  return {
    name: 'forget-held-tasks',
    text: `DELETE FROM saga.held_tasks h USING unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS r (execution_id, scope, node, attempt)
      WHERE h.execution_id = r.execution_id AND h.scope = r.scope AND h.node = r.node AND h.attempt <= r.attempt`,
    values: refArrays(rows),
  };
}

/** Whoever releases tasks of a bucket holds this until its transaction ends. */
export function lockBucket(bucket: string): QueryConfig {
  return { text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', values: [withoutNul(bucket)] };
}

/** Lets go as many as the bucket has room for, in order, and counts them. */
export function releaseHeld(bucket: string, now: number): QueryConfig {
  return {
    text: `WITH rate AS (SELECT rate_limit, rate_per FROM saga.held_tasks WHERE bucket = $1 AND released_at IS NULL LIMIT 1),
      used AS (
        SELECT coalesce(sum(g.tasks), 0)::int AS tasks FROM saga.rate_grants g
        WHERE g.bucket = $1 AND g.at > $2::float8 - (SELECT rate_per FROM rate)),
      over AS (DELETE FROM saga.rate_grants WHERE bucket = $1 AND at <= $2::float8 - (SELECT rate_per FROM rate)),
      next AS (
        SELECT execution_id, scope, node FROM saga.held_tasks WHERE bucket = $1 AND released_at IS NULL
        ORDER BY rank, execution_id, scope, node
        LIMIT coalesce((SELECT least(${mostReleased}, greatest(0, rate.rate_limit - used.tasks)) FROM rate, used), 0)
        FOR UPDATE SKIP LOCKED),
      released AS (
        UPDATE saga.held_tasks h SET released_at = ${released('$2')} FROM next
        WHERE h.execution_id = next.execution_id AND h.scope = next.scope AND h.node = next.node
        RETURNING h.execution_id, h.scope, h.node, h.attempt, h.rank),
      counted AS (
        INSERT INTO saga.rate_grants (bucket, at, tasks)
        SELECT $1, ceil($2::float8 / part.ms) * part.ms, count(*) FROM released,
          (SELECT greatest(1, floor(rate_per / ${grantsPerBucket})) AS ms FROM rate) AS part
        GROUP BY part.ms
        ON CONFLICT (bucket, at) DO UPDATE SET tasks = saga.rate_grants.tasks + excluded.tasks)
      SELECT execution_id, scope, node, attempt FROM released ORDER BY rank, execution_id, scope, node`,
    values: [withoutNul(bucket), now],
  };
}

/** When the bucket has room again for those that are still held; no row when none is. */
export function nextRelease(bucket: string, now: number): QueryConfig {
  return {
    text: `WITH rate AS (SELECT rate_limit, rate_per FROM saga.held_tasks WHERE bucket = $1 AND released_at IS NULL LIMIT 1)
      SELECT CASE WHEN coalesce(sum(g.tasks), 0) < rate.rate_limit THEN $2::float8 ELSE min(g.at) + rate.rate_per END AS next_at
      FROM rate LEFT JOIN saga.rate_grants g ON g.bucket = $1 AND g.at > $2::float8 - rate.rate_per
      GROUP BY rate.rate_limit, rate.rate_per`,
    values: [withoutNul(bucket), now],
  };
}

/** From bucket to bucket along the index, however many tasks each of them holds. */
export function holdingBuckets(after: string, limit: number): QueryConfig {
  return {
    text: `WITH RECURSIVE buckets AS (
        (SELECT bucket FROM saga.held_tasks WHERE released_at IS NULL AND bucket > $1 ORDER BY bucket LIMIT 1)
        UNION ALL
        SELECT n.bucket FROM buckets b CROSS JOIN LATERAL (
          SELECT h.bucket FROM saga.held_tasks h WHERE h.released_at IS NULL AND h.bucket > b.bucket ORDER BY h.bucket LIMIT 1) AS n)
      SELECT bucket FROM buckets LIMIT $2`,
    values: [after, limit],
  };
}

/** Let go before that time, and still here: whoever did it has not lived to have them sent. */
export function releasedAndLeft(before: number, limit: number): QueryConfig {
  return {
    text: `SELECT execution_id, scope, node, attempt FROM saga.held_tasks
      WHERE released_at < ${released('$1')} ORDER BY released_at LIMIT $2`,
    values: [before, limit],
  };
}

export interface HeldTaskRow {
  execution_id: string;
  scope: string;
  node: string;
  attempt: number;
}

export function toHeldTaskRef({ execution_id, ...ref }: HeldTaskRow): HeldTaskRef {
  return { executionId: execution_id, scope: ref.scope, node: ref.node, attempt: ref.attempt };
}

function refArrays(rows: readonly HeldTaskRef[]) {
  return [
    rows.map((row) => row.executionId),
    rows.map((row) => row.scope),
    rows.map((row) => row.node),
    rows.map((row) => row.attempt),
  ];
}
