import type { StepRecord } from '@jetsaga/contracts';
import type { EdgeCondition } from '../definition/plan.ts';

/** How a settled dependency bears on an edge that leads away from it. */
export type EdgeVerdict = 'match' | 'miss' | 'skipped';

/** Judges an edge by the settled step it comes from. A CANCELLED step neither completed nor failed: its edges miss. */
export function judgeEdge(on: EdgeCondition, from: StepRecord): EdgeVerdict {
  switch (from.status) {
    case 'SKIPPED':
      return 'skipped';
    case 'COMPLETED':
    case 'COMPENSATING':
    case 'COMPENSATED':
    case 'COMPENSATION_FAILED':
      return completionMatches(on, from.branch) ? 'match' : 'miss';
    case 'FAILED':
      return takesFailure(on) ? 'match' : 'miss';
    case 'CANCELLED':
      return 'miss';
    case 'PENDING':
    case 'QUEUED':
    case 'RUNNING':
    case 'RETRYING':
    case 'WAITING':
      throw new Error(`step ${from.node} is ${from.status}: its edges cannot be judged yet`);
  }
}

/** The edge matches when its dependency failed for good. */
export function takesFailure(on: EdgeCondition): boolean {
  return on.kind === 'failure' || on.kind === 'always';
}

function completionMatches(on: EdgeCondition, branch: string | null): boolean {
  switch (on.kind) {
    case 'success':
    case 'always':
      return true;
    case 'failure':
      return false;
    case 'branches':
      return branch !== null && on.branches.includes(branch);
  }
}
