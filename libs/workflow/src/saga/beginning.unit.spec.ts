import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';

const diamond = `
- { id: a, handler: work, compensate: { handler: work } }
- { id: b, handler: work, dependencies: [a] }
- { id: c, handler: work, dependencies: [a], config: { of: "{{ a.output }}" } }
- { id: d, handler: work, dependencies: [b, c] }`;

describe('a start at a node', () => {
  it('skips what is not at or below it, and runs what is', () => {
    const story = given(diamond, { beginning: { kind: 'at', node: 'b' } });
    expect(story.statuses).toEqual({ a: 'SKIPPED', b: 'QUEUED', c: 'SKIPPED', d: 'PENDING' });
    expect(story.completes('b').completes('d').status).toBe('COMPLETED');
    expect(story.why('c', 'step.skipped')).toBe('the execution was started at b');
  });

  it('fails the node that reads what was skipped', () => {
    const story = given(diamond, { beginning: { kind: 'at', node: 'c' } });
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'UNRESOLVED_REFERENCE', path: 'c' });
  });
});

describe('a rerun', () => {
  const earlier = given(diamond).completes('a', 'one').completes('b', 'two').completes('c', 'three').fails('d');
  const rerun = (from: string) =>
    given(diamond, { beginning: { kind: 'rerun', from, of: 'e0', steps: [...earlier.state.steps.values()] } });

  it('takes the outputs of completed steps that are not at or below its beginning', () => {
    const undone = given(diamond).completes('a', 'one').completes('b', 'two').completes('c', 'three');
    const steps = [...undone.state.steps.values()];
    const story = given(diamond, { beginning: { kind: 'rerun', from: 'c', of: 'e0', steps } });
    expect(story.statuses).toEqual({ a: 'COMPLETED', b: 'COMPLETED', c: 'QUEUED', d: 'PENDING' });
    expect(story.step('c').config).toEqual({ of: 'one' });
    expect(story.step('a')).toMatchObject({ executionId: 'e1', output: 'one' });
    story.completes('c').fails('d');
    expect(story.status).toBe('FAILED');
    expect(story.statusOf('a')).toBe('COMPLETED');
  });

  it('does not take what was undone', () => {
    expect(earlier.statusOf('a')).toBe('COMPENSATING');
    expect(rerun('d').statuses).toEqual({ a: 'QUEUED', b: 'COMPLETED', c: 'COMPLETED', d: 'QUEUED' });
  });

  it('from the first node takes nothing', () => {
    expect(rerun('a').statuses).toEqual({ a: 'QUEUED', b: 'PENDING', c: 'PENDING', d: 'PENDING' });
  });
});
