import { stepPath } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import { isScopeOpen } from './scope-record.ts';
import { scopeAt, stepView } from './scope-view.ts';
import { isOpenStep } from './step-record.ts';

/** Has everything that follows from what has settled looked at once more, in every scope that is open. Throws AllStepsNeeded. */
export function lookAgain(draft: Draft): void {
  draft.needAllSteps();
  const scopes = [...draft.steps.byScope()].flatMap(([path]) => scopeAt(draft.plan, path) ?? []);
  for (const view of scopes.filter((one) => isScopeOpen(draft, one))) {
    const steps = [...draft.steps.in(view.path).values()];
    const settled = steps.filter((step) => step.settledSeq !== null);
    draft.settledNow.push(...settled.sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0)));
    draft.mayBeOver.add(view.path);
    if (view.owner !== null) draft.scopesToBegin.push(view);
    for (const step of steps.filter((one) => one.handler === 'map' && one.status !== 'PENDING' && isOpenStep(one))) {
      const target = stepView(view, step.node);
      if (target && draft.steps.in(stepPath(step.scope, step.node)).record) draft.mapsToContinue.push(target);
    }
  }
}
