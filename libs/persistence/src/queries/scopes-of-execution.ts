import { stepPath, type StepStatus } from '@jetsaga/contracts';
import type { PayloadCodec } from '../payload-codec.ts';
import type { Queryable } from './queryable.ts';

/** How far a `group` or `map` has come. */
export interface ScopeCounts {
  readonly path: string;
  readonly handler: string;
  readonly status: StepStatus;
  /** Of a map: how many items it goes through, those not begun included. */
  readonly total?: number;
  /** Of a map: its items that have begun, by state. */
  readonly items: Readonly<Partial<Record<StepStatus, number>>>;
  /** The steps inside that are on record, however deep, by state. */
  readonly steps: Readonly<Partial<Record<StepStatus, number>>>;
}

interface CountRow {
  scope: string;
  node: string;
  handler: string;
  status: StepStatus;
  what: 'item' | 'step' | null;
  inner: StepStatus | null;
  found: number;
  /** Of the map's own record: see libs/workflow, map-progress.ts. */
  progress: string | null;
}

/** Counts of the `group` or `map` at `path`, or of those that stand in the scope at `path`; `''` is the root. */
export async function scopesOfExecution(
  db: Queryable,
  payloads: PayloadCodec,
  executionId: string,
  path: string,
): Promise<ScopeCounts[]> {
  const { rows } = await db.query<CountRow>(
    `WITH owners AS (
        SELECT scope, node, handler, status, CASE WHEN scope = '' THEN node ELSE scope || '/' || node END AS path
        FROM saga.steps WHERE execution_id = $1 AND handler IN ('group', 'map') AND node <> ''
      ), wanted AS (
        SELECT * FROM owners WHERE path = $2 OR scope = $2
      )
      SELECT w.scope, w.node, w.handler, w.status, r.config AS progress, b.what, b.status AS inner, count(b.status)::int AS found
      FROM wanted w
      LEFT JOIN saga.steps r ON r.execution_id = $1 AND r.scope = w.path AND r.node = ''
      LEFT JOIN LATERAL (
        SELECT s.status, CASE WHEN s.node <> '' THEN 'step' ELSE 'item' END AS what
        FROM saga.steps s
        WHERE s.execution_id = $1
          AND (s.scope = w.path OR starts_with(s.scope, w.path || '[') OR starts_with(s.scope, w.path || '/'))
          AND (s.node <> '' OR (w.handler = 'map' AND s.scope <> w.path AND position('/' IN substr(s.scope, length(w.path) + 1)) = 0))
      ) b ON true
      GROUP BY w.scope, w.node, w.handler, w.status, r.config, b.what, b.status
      ORDER BY w.scope, w.node`,
    [executionId, path],
  );
  const found = new Map<string, { counts: ScopeCounts; items: Record<string, number>; steps: Record<string, number> }>();
  for (const row of rows) {
    const at = stepPath(row.scope, row.node);
    let entry = found.get(at);
    if (!entry) {
      const items: Record<string, number> = {};
      const steps: Record<string, number> = {};
      const { total } = row.progress === null ? {} : payloads.decode<{ total?: number }>(row.progress);
      const counts = { path: at, handler: row.handler, status: row.status, ...(total !== undefined && { total }), items, steps };
      entry = { counts, items, steps };
      found.set(at, entry);
    }
    if (row.inner !== null) (row.what === 'item' ? entry.items : entry.steps)[row.inner] = row.found;
  }
  return [...found.values()].map(({ counts }) => counts);
}
