import { describe, expect, it } from '@jest/globals';
import { planOf } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';

const joins = ['all', 'strict', 'any', 'settled'] as const;
const orders = [
  ['left', 'right'],
  ['right', 'left'],
] as const;

/** Two results of one batch are two transitions on the same state, one after the other, at the same time. */
describe('a diamond whose two arms end in the same batch', () => {
  it.each(joins.flatMap((join) => orders.map(([first, second]) => ({ join, first, second }))))(
    'starts its join exactly once: $join, $first before $second',
    ({ join, first, second }) => {
      const plan = planOf([
        { id: 'top' },
        { id: 'left', needs: [{ node: 'top' }] },
        { id: 'right', needs: [{ node: 'top' }] },
        { id: 'bottom', needs: [{ node: 'left' }, { node: 'right' }], join },
      ]);
      for (let round = 0; round < 200; round += 1) {
        const story = new Story(plan).completes('top').completes(first).completes(second).completes(first).completes(second);
        expect(story.dispatched.filter((id) => id.startsWith('bottom'))).toEqual(['bottom#1.1']);
        expect(story.completes('bottom').status).toBe('COMPLETED');
      }
    },
  );
});
