import { isSettledStep, stepPath, type StepRecord } from '@jetsaga/contracts';
import type { EdgeCondition, PlanEdge, PlanNode } from '../definition/plan.ts';
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

/**
 * Whether a failed step's failure is absorbed: by an edge `failure` or `always` whose target runs, or by an `any` join
 * that another edge starts. `undecided` as long as such a target may still run; `settled` joins never absorb.
 *
 * The prospects below look at each edge by itself, and so may count a future that cannot happen. That only
 * postpones the verdict: when everything has settled, it is exact.
 */
export class FailureJudge {
  private readonly draft: Draft;
  private readonly view: ScopeView;
  private readonly prospects = new Map<string, Prospects>();

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
    const edges = node.incoming.map((edge) => this.possible(edge));
    const canMatch = (possible: ReadonlySet<EdgeVerdict>) => possible.has('match');
    switch (node.join) {
      case 'settled':
        return true;
      case 'any':
        return edges.length === 0 || edges.some(canMatch);
      case 'strict':
        return edges.every(canMatch);
      case 'all':
        return edges.length === 0 || (edges.some(canMatch) && edges.every((edge) => edge.has('match') || edge.has('skipped')));
    }
  }

  private canSkip(node: PlanNode): boolean {
    if (node.when !== null) return true;
    const edges = node.incoming.map((edge) => this.possible(edge));
    switch (node.join) {
      case 'settled':
        return false;
      case 'any':
        return edges.every((edge) => edge.has('miss') || edge.has('skipped'));
      case 'strict':
        return edges.some((edge) => edge.has('miss') || edge.has('skipped'));
      case 'all':
        return edges.some((edge) => edge.has('miss')) || edges.every((edge) => edge.has('skipped'));
    }
  }

  /** The verdicts that an edge may come to. */
  private possible({ from, on }: PlanEdge): ReadonlySet<EdgeVerdict> {
    const step = this.step(from);
    if (step && isSettledStep(step.status)) return new Set([judgeEdge(on, step)]);
    const prospects = this.prospectsOf(this.node(from), step);
    const verdicts = new Set<EdgeVerdict>();
    if (prospects.complete) for (const verdict of afterCompletion(on)) verdicts.add(verdict);
    if (prospects.fail) verdicts.add(takesFailure(on) ? 'match' : 'miss');
    if (prospects.skip) verdicts.add('skipped');
    return verdicts;
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
    return this.draft.step(stepPath(this.view.path, id));
  }

  private node(id: string): PlanNode {
    const node = this.view.scope.nodes.get(id);
    if (!node) throw new Error(`the plan has an edge to ${id}, but no such node`);
    return node;
  }
}

/** A completion may come with any branch. */
function afterCompletion(on: EdgeCondition): readonly EdgeVerdict[] {
  switch (on.kind) {
    case 'success':
    case 'always':
      return ['match'];
    case 'failure':
      return ['miss'];
    case 'branches':
      return ['match', 'miss'];
  }
}
