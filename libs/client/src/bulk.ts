/** What can be done with many executions at once. */
export type BulkAction = 'cancel' | 'retry' | 'pause' | 'resume' | 'delete';

/** As in the search: `workflow`, `status`, `label.<name>`, `since`, `until`, `q`. One at least. */
export type BulkFilter = Readonly<Record<string, string | readonly string[]>>;

export interface BulkJob {
  readonly id: string;
  readonly action: BulkAction;
  readonly status: 'RUNNING' | 'COMPLETED';
  /** Executions that took the action when it was given. */
  readonly total: number;
  readonly done: number;
  readonly by: string;
  /** ISO 8601, like every time here. */
  readonly createdAt: string;
  readonly finishedAt?: string;
}
