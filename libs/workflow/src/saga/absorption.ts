import { isSettledStep, stepPath, type StepRecord } from '@jetsaga/contracts';
import type { PlanEdge, PlanNode } from '../definition/plan.ts';
import type { Draft } from './draft.ts';
import { judgeEdge, takesFailure, type EdgeVerdict } from './edge-matching.ts';
import type { ScopeView } from './scope-view.ts';
import { hasRun } from './step-record.ts';

/** What can still become of a step. More than one may be true; never none. */
interface Prospects {
  readonly complete: boolean;
  readonly fail: boolean;
  readonly skip: boolean;
}

/** What an edge may come to. */
type Possible = { readonly [verdict in EdgeVerdict]: boolean };

const certain: { readonly [verdict in EdgeVerdict]: Possible } = {
  match: { match: true, miss: false, skipped: false },
  miss: { match: false, miss: true, skipped: false },
  skipped: { match: false, miss: false, skipped: true },
};

/**
 * Whether a failed step's failure is absorbed: by an edge `failure` or `always` whose target runs, or by an `any` join
 * that another edge starts. `undecided` as long as such a target may still run; `settled` joins never absorb.
 *
 * The prospects below look at each edge by itself, and so may count a future that cannot happen. That only
 * postpones the verdict: when everything has settled, it is exact. One use: it remembers what it has found for one state.
 */
export class FailureJudge {
  private readonly draft: Draft;
  private readonly view: ScopeView;
  private readonly prospects = new Map<string, Prospects>();
  private readonly runnable = new Map<string, boolean>();

  constructor(draft: Draft, view: ScopeView) {
    this.draft = draft;
    this.view = view;
  }

  verdict(failed: StepRecord): 'absorbed' | 'unabsorbed' | 'undecided' {
    let undecided = false;
    for (const edge of this.node(failed.node).outgoing) {
      const target = this.node(edge.to);
      if (target.join === 'settled' || !(target.join === 'any' || takesFailure(edge.on))) continue;
      const step = this.step(edge.to);
      if (step === undefined) undecided ||= this.canRun(target);
      else if (hasRun(step)) return 'absorbed';
    }
    return undecided ? 'undecided' : 'unabsorbed';
  }

  private canRun(node: PlanNode): boolean {
    let can = this.runnable.get(node.id);
    if (can === undefined) this.runnable.set(node.id, (can = this.joinCanBeMet(node)));
    return can;
  }

  private joinCanBeMet({ incoming, join }: PlanNode): boolean {
    if (incoming.length === 0) return true;
    const canMatch = (edge: PlanEdge) => this.possible(edge).match;
    switch (join) {
      case 'settled':
        return true;
      case 'any':
        return incoming.some(canMatch);
      case 'strict':
        return incoming.every(canMatch);
      case 'all':
        return incoming.some(canMatch) && incoming.every((edge) => canMatch(edge) || this.possible(edge).skipped);
    }
  }

  private canSkip({ incoming, join, when }: PlanNode): boolean {
    if (when !== null) return true;
    if (incoming.length === 0) return false;
    const canFallAway = (edge: PlanEdge) => this.possible(edge).miss || this.possible(edge).skipped;
    switch (join) {
      case 'settled':
        return false;
      case 'any':
        return incoming.every(canFallAway);
      case 'strict':
        return incoming.some(canFallAway);
      case 'all':
        return incoming.some((edge) => this.possible(edge).miss) || incoming.every((edge) => this.possible(edge).skipped);
    }
  }

  private possible({ from, on }: PlanEdge): Possible {
    const step = this.step(from);
    if (step && isSettledStep(step.status)) return certain[judgeEdge(on, step)];
    const { complete, fail, skip } = this.prospectsOf(this.node(from), step);
    const followsFailure = takesFailure(on);
    return {
      match: (complete && on.kind !== 'failure') || (fail && followsFailure),
      miss: (complete && (on.kind === 'failure' || on.kind === 'branches')) || (fail && !followsFailure),
      skipped: skip,
    };
  }

  private prospectsOf(node: PlanNode, step: StepRecord | undefined): Prospects {
    const known = this.prospects.get(node.id);
    if (known) return known;
    const runs = step !== undefined || this.canRun(node);
    const found: Prospects = {
      complete: runs && node.action.kind !== 'fail',
      fail: runs && (node.onError === 'fail' || node.action.kind === 'fail'),
      skip: step === undefined && this.canSkip(node),
    };
    this.prospects.set(node.id, found);
    return found;
  }

  private step(id: string): StepRecord | undefined {
    const step = this.draft.step(stepPath(this.view.path, id));
    return step?.status === 'PENDING' ? undefined : step;
  }

  private node(id: string): PlanNode {
    const node = this.view.scope.nodes.get(id);
    if (!node) throw new Error(`the plan has an edge to ${id}, but no such node`);
    return node;
  }
}
