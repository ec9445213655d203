import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { dispatchRef } from './draft.ts';
import type { Decision } from './saga-types.ts';
import { transition } from './transition.ts';

const oneStep = '- { id: call, handler: work, config: { key: "{{ secrets.API_KEY }}" } }';

/** Without the story's laws: to them a task is sent when it is caused, here it was kept back. */
function turn(story: ReturnType<typeof given>, more: { attempt?: number; dispatch?: number } = {}): Decision {
  const dispatch = { ...dispatchRef(story.step('call')), ...more };
  return transition(story.plan, story.state, { kind: 'turn', dispatch, at: story.now, entropy: 0.5 }, new Map());
}

describe('a task whose turn has come', () => {
  it('is sent, with its secrets, and changes nothing on record', () => {
    const story = given(oneStep);
    const decision = turn(story);
    if (decision.kind !== 'applied') throw new Error(decision.reason);
    expect(decision.effects).toEqual([
      { kind: 'dispatch', path: 'call', task: 'run', secrets: [{ pointer: '/key', parts: [{ secret: 'API_KEY' }] }] },
    ]);
    expect(decision.state.execution).toBe(story.state.execution);
    expect(decision.state.steps.get('call')).toBe(story.step('call'));
  });

  it('is stale when it is another attempt or dispatch, or when a worker has it', () => {
    const story = given(oneStep);
    expect(turn(story, { attempt: 2 })).toEqual({ kind: 'ignored', reason: 'stale_dispatch' });
    expect(turn(story, { dispatch: 2 })).toEqual({ kind: 'ignored', reason: 'stale_dispatch' });
    story.starts('call');
    expect(turn(story)).toEqual({ kind: 'ignored', reason: 'stale_dispatch' });
    story.isCancelled();
    expect(turn(story)).toEqual({ kind: 'ignored', reason: 'execution_terminal' });
  });
});
