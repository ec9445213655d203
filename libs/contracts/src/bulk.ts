import type { Actor, CommandBody } from './command.ts';
import type { ExecutionStatus } from './states.ts';

export const bulkActions = ['cancel', 'retry', 'pause', 'resume', 'delete'] as const;
export type BulkAction = (typeof bulkActions)[number];

/** Which executions: as the search of executions has it. All that is given must hold. */
export interface BulkFilter {
  readonly workflow?: string | undefined;
  readonly statuses?: readonly ExecutionStatus[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Accepted at or after, and before; epoch milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly text?: string | undefined;
}

/** One action on all executions that match and take it, of those that were accepted before it was given. */
export interface BulkJob {
  readonly id: string;
  readonly action: BulkAction;
  /** What every execution is told; null for `delete`. */
  readonly command: CommandBody | null;
  readonly filter: BulkFilter;
  readonly status: 'RUNNING' | 'COMPLETED';
  /** How many took the action when it was given; a few more or less may by the time it comes to them. */
  readonly total: number;
  readonly done: number;
  readonly by: Actor;
  /** Epoch milliseconds. */
  readonly givenAt: number;
  readonly finishedAt: number | null;
}
