import type { BulkJob, BulkStore } from '@jetsaga/contracts';
import type { Pool } from 'pg';
import type { PayloadCodec } from '../payload-codec.ts';
import { deleteTerminalExecutions } from '../queries/delete-execution.ts';
import { inTransaction } from '../queries/in-transaction.ts';
import * as queries from './bulk-queries.ts';

/** Bulk jobs in Postgres. */
export class PgBulkStore implements BulkStore {
  private readonly pool: Pool;
  private readonly codec: PayloadCodec;

  constructor(pool: Pool, codec: PayloadCodec) {
    this.pool = pool;
    this.codec = codec;
  }

  async add(job: Parameters<BulkStore['add']>[0]): Promise<BulkJob> {
    const { rows } = await this.pool.query<queries.BulkJobRow>(queries.addJob(job, this.codec));
    const [row] = rows;
    if (!row) throw new Error('the bulk job was not stored');
    return queries.toBulkJob(row, this.codec);
  }

  async find(id: string): Promise<BulkJob | undefined> {
    const { rows } = await this.pool.query<queries.BulkJobRow>(queries.jobById(id));
    return rows[0] && queries.toBulkJob(rows[0], this.codec);
  }

  async claim(now: number, leaseMs: number): Promise<BulkJob | undefined> {
    const { rows } = await this.pool.query<queries.BulkJobRow>(queries.claimJob(now, leaseMs));
    return rows[0] && queries.toBulkJob(rows[0], this.codec);
  }

  nextPage(id: string, now: number, leaseMs: number, limit: number): ReturnType<BulkStore['nextPage']> {
    return inTransaction(this.pool, async (db) => {
      const locked = await db.query<queries.BulkJobRow & { position: string | null }>(queries.lockJob(id));
      const [row] = locked.rows;
      if (!row || row.finished_ms !== null) return { executions: [], over: true };
      const job = queries.toBulkJob(row, this.codec);
      const page = await db.query<{ id: string }>(queries.pageOfJob(job, row.position, limit));
      const ids = page.rows.map((execution) => execution.id);
      const over = ids.length === 0;
      if (!over && job.command === null) await deleteTerminalExecutions(db, ids);
      if (!over && job.command !== null) await db.query(queries.commandExecutions(job, ids, now, this.codec));
      await db.query(queries.advanceJob(id, ids.length, ids.at(-1) ?? null, over, now, leaseMs));
      return { executions: job.command === null ? [] : ids, over };
    });
  }
}
