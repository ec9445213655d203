import assert from 'node:assert/strict';
import { stepPath, type StepRecord } from '@jetsaga/contracts';
import type { Story } from '../story.ts';
import { isAmong, type ForeseenScope, type ForeseenStep, type Prophecy } from './foreseen.ts';

/** Throws when an execution that is over did not become what was foreseen. */
export function compare(story: Story, { root, outputs, doubts }: Prophecy, isCleanUp: (id: string) => boolean): void {
  if (doubts.length > 0) return;
  assert.equal(story.status, root.unabsorbed.size > 0 ? 'FAILED' : 'COMPLETED');
  if (story.status === 'COMPLETED') {
    assert.ok(
      isAmong(story.output, outputs),
      `the output is ${JSON.stringify(story.output)}, and not one of ${JSON.stringify(outputs)}`,
    );
  } else {
    const culprit = (story.error?.path ?? '').replace(/[[/].*$/, '');
    assert.ok(root.unabsorbed.has(culprit), `${culprit} failed it, and not one of ${[...root.unabsorbed].join(', ')}`);
    for (const [id, foreseen] of root.steps) {
      const isLeftToEnd = foreseen.status !== 'SKIPPED' && isCleanUp(id);
      if (isLeftToEnd) assert.notEqual(story.statusOf(id), 'CANCELLED', `${id} is clean-up work and runs to its end`);
    }
  }
  compareScope(story, root, story.status === 'COMPLETED');
}

/** `isCalm`: nothing from outside stopped the scope, and it stops nothing itself. */
function compareScope(story: Story, scope: ForeseenScope, isCalm: boolean): void {
  for (const [id, foreseen] of scope.steps) {
    const path = stepPath(scope.path, id);
    const step = story.state.steps.get(path);
    if (isCalm) assert.equal(step?.status, foreseen.status, `${path} is to be ${foreseen.status}`);
    else if (step && step.status !== 'CANCELLED')
      assert.equal(step.status, foreseen.status, `${path} is to be ${foreseen.status}`);
    if (step?.status === 'COMPLETED') compareResult(path, step, foreseen, isCalm);
    for (const inner of foreseen.scopes) compareScope(story, inner, isCalm && inner.letsAllFinish);
  }
}

function compareResult(path: string, step: StepRecord, foreseen: ForeseenStep, isCalm: boolean): void {
  assert.equal(step.branch, foreseen.branch, `the branch of ${path}`);
  if (!isCalm) return;
  const shown = JSON.stringify(step.output);
  assert.ok(isAmong(step.output, foreseen.outputs), `${path} gave ${shown}, and not one of ${JSON.stringify(foreseen.outputs)}`);
}
