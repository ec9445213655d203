import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { template } from '../../../test/plan-builder.ts';
import { play } from '../../../test/play.ts';
import { randomEvents } from '../../../test/random-event.ts';
import { randomWorkflows, type RandomWorkflow } from '../../../test/random-workflow.ts';
import { Story } from '../../../test/story.ts';

const seeds = fc.integer({ min: 1, max: 2_147_483_646 });

/** Every task of it can be undone. */
function undoable({ plan, behaviours }: RandomWorkflow): RandomWorkflow {
  const compensate = { handler: 'undo', queue: 'work', config: template(() => ({})) };
  const nodes = [...plan.root.nodes].map(
    ([id, node]) => [id, node.action.kind === 'task' ? { ...node, compensate } : node] as const,
  );
  return { plan: { ...plan, root: { ...plan.root, nodes: new Map(nodes) } }, behaviours };
}

/** Answers undos and attempts that were told to stop in some way, in some order, until the execution is over. */
function unwind(story: Story, seed: number): void {
  let last = seed;
  const pick = (n: number) => (last = (last * 48_271) % 2_147_483_647) % n;
  for (let events = 0; !story.isOver; events += 1) {
    if (events > 2_000) throw new Error('undoing does not end');
    const waiting = [...story.state.steps.values()].filter(
      ({ status, undo }) => undo?.awaited || status === 'COMPENSATING' || (status === 'COMPENSATION_FAILED' && !undo?.waived),
    );
    const step = waiting[pick(waiting.length)];
    if (!step) throw new Error('nothing is to be undone, and yet it is not over');
    const { node, status, attempt, dispatch } = step;
    const chance = pick(6);
    if (status === 'COMPENSATION_FAILED') {
      if (chance === 0) story.commands({ kind: 'waive_compensation', path: node, reason: 'enough' });
      else story.commands({ kind: 'retry_compensation', path: node });
    } else if (step.undo?.awaited) {
      if (chance === 0) story.timerFires('outcome', node);
      else if (chance === 1)
        story.happens({ kind: 'withdrawn', dispatch: { executionId: 'e1', scope: '', node, attempt, dispatch } });
      else if (chance === 2) story.fails(node, { definite: pick(2) === 0 });
      else story.completes(node);
    } else if (dispatch === 0) {
      if (chance === 0) story.completes(node, null, { attempt: attempt - 1 });
      else story.timerFires('retry', node);
    } else if (chance === 0) story.loses(node);
    else if (chance === 1) story.fails(node, { retryable: pick(3) > 0 });
    else story.completes(node);
  }
}

describe('any execution that fails or is cancelled', () => {
  it('undoes every completed step once, the last to complete first, and ends', () => {
    fc.assert(
      fc.property(randomWorkflows, seeds, fc.option(fc.nat(12)), (workflow, seed, cancelAfter) => {
        const story = play(undoable(workflow), seed, cancelAfter === null ? {} : { cancelAfter });
        unwind(story, seed);
        if (story.status === 'COMPLETED') return;
        for (const step of story.state.steps.values()) {
          const node = story.plan.root.nodes.get(step.node);
          const isLeft = step.status === 'COMPLETED' && node?.compensate && step.branch !== 'error';
          expect(isLeft && step.node).toBeFalsy();
          const undone = story.history(step.node).filter((type) => type === 'step.compensated');
          expect(undone).toHaveLength(step.status === 'COMPENSATED' ? 1 : 0);
        }
      }),
      { numRuns: 700 },
    );
  });

  it('keeps every law whatever arrives', () => {
    fc.assert(
      fc.property(randomWorkflows, seeds, fc.array(randomEvents, { maxLength: 40 }), (workflow, seed, arriving) => {
        const story = play(undoable(workflow), seed);
        for (const event of arriving) story.happens(event);
      }),
      { numRuns: 700 },
    );
  });
});
