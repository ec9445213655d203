import { describe, expect, it } from '@jest/globals';
import { planOf } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';

const failure = { kind: 'failure' } as const;
const always = { kind: 'always' } as const;
const branch = (...branches: string[]) => ({ kind: 'branches' as const, branches });

describe('the small cases of the workflow language', () => {
  it('charge → cleanup (settled); charge fails: cleanup runs, execution FAILED', () => {
    const story = new Story(planOf([{ id: 'charge' }, { id: 'cleanup', needs: [{ node: 'charge' }], join: 'settled' }]));
    story.fails('charge');
    expect(story.state.execution.ending).toMatchObject({
      status: 'FAILED',
      compensate: true,
      error: { code: 'BROKEN', path: 'charge' },
    });
    expect(story.statuses).toEqual({ charge: 'FAILED', cleanup: 'QUEUED' });
    story.completes('cleanup');
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'BROKEN', path: 'charge' });
  });

  it('a, b → c (any); a fails, b completes: c runs once, COMPLETED', () => {
    const story = new Story(planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: [{ node: 'a' }, { node: 'b' }], join: 'any' }]));
    story.fails('a').completes('b').completes('c', 'fine');
    expect(story.status).toBe('COMPLETED');
    expect(story.output).toBe('fine');
    expect(story.dispatched).toEqual(['a#1.1', 'b#1.1', 'c#1.1']);
  });

  it('a, b → c (any); the other way round and both failing', () => {
    const plan = planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: [{ node: 'a' }, { node: 'b' }], join: 'any' }]);
    expect(new Story(plan).completes('b').fails('a').completes('c').status).toBe('COMPLETED');
    const both = new Story(plan).fails('a').fails('b');
    expect(both.status).toBe('FAILED');
    expect(both.error).toMatchObject({ path: 'b' });
    expect(both.statuses).toEqual({ a: 'FAILED', b: 'FAILED', c: 'CANCELLED' });
  });

  const handled = planOf([
    { id: 'check' },
    { id: 'x' },
    { id: 'y', needs: [{ node: 'check', on: branch('go') }] },
    { id: 'h', needs: [{ node: 'x', on: failure }, { node: 'y' }] },
  ]);

  it('x –failure→ h ← y; x fails, y SKIPPED: h runs, failure absorbed', () => {
    const story = new Story(handled).fails('x').completes('check', null, { branch: 'stop' }).completes('h');
    expect(story.statuses).toEqual({ check: 'COMPLETED', x: 'FAILED', y: 'SKIPPED', h: 'COMPLETED' });
    expect(story.status).toBe('COMPLETED');
  });

  it('x –failure→ h ← y; x fails, y fails too: y’s failure is not absorbed: FAILED', () => {
    for (const order of [
      ['x', 'y'],
      ['y', 'x'],
    ] as const) {
      const story = new Story(handled).completes('check', null, { branch: 'go' });
      for (const path of order) story.fails(path);
      expect(story.status).toBe('FAILED');
      expect(story.error).toMatchObject({ path: 'y' });
    }
  });

  it('check –true→ a → z ← b ←false– check: z runs after the arm that was taken', () => {
    const story = new Story(
      planOf([
        { id: 'check' },
        { id: 'a', needs: [{ node: 'check', on: branch('true') }] },
        { id: 'b', needs: [{ node: 'check', on: branch('false') }] },
        { id: 'z', needs: [{ node: 'a' }, { node: 'b' }] },
      ]),
    );
    story.completes('check', null, { branch: 'true' });
    expect(story.statuses).toEqual({ check: 'COMPLETED', a: 'QUEUED', b: 'SKIPPED', z: 'PENDING' });
    story.completes('a');
    expect(story.statuses).toMatchObject({ z: 'QUEUED' });
  });

  it('a SKIPPED, b –always→ from a: b SKIPPED, nothing was done that could be followed up', () => {
    const story = new Story(
      planOf([
        { id: 'check' },
        { id: 'a', needs: [{ node: 'check', on: branch('true') }] },
        { id: 'b', needs: [{ node: 'a', on: always }] },
      ]),
    );
    story.completes('check', null, { branch: 'false' });
    expect(story.statuses).toEqual({ check: 'COMPLETED', a: 'SKIPPED', b: 'SKIPPED' });
    expect(story.status).toBe('COMPLETED');
  });
});
