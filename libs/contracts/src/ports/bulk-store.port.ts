import type { BulkJob } from '../bulk.ts';

/** Bulk jobs on record. A job is worked on by one process at a time, page by page; another one takes over when that process dies. */
export interface BulkStore {
  /** Durable when it resolves. */
  add(job: Omit<BulkJob, 'status' | 'total' | 'done' | 'finishedAt'>): Promise<BulkJob>;
  find(id: string): Promise<BulkJob | undefined>;
  /** The oldest job that nobody works on, for `leaseMs`. */
  claim(now: number, leaseMs: number): Promise<BulkJob | undefined>;
  /**
   * The next page, in one transaction: stores the command for each of its executions, or deletes them, and notes how far the job is; the
   * lease begins anew. Resolves to the executions that a coordinator has to look at, and to whether the job is over.
   */
  nextPage(
    id: string,
    now: number,
    leaseMs: number,
    limit: number,
  ): Promise<{ readonly executions: readonly string[]; readonly over: boolean }>;
}
