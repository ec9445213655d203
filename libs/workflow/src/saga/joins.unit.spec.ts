import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import type { Story } from '../../test/story.ts';

const join = (rule: string) => `
- { id: gate, handler: check_stock }
- { id: a, handler: seek_approval }
- { id: b, handler: work, dependencies: [{ node: gate, on: "true" }] }
- { id: c, handler: work, join: ${rule}, dependencies: [{ node: a, on: approved }, b] }
- { id: other, handler: work }`;
const approved = (story: Story) => story.completes('a', null, { branch: 'approved' });
const rejected = (story: Story) => story.completes('a', null, { branch: 'rejected' });
const open = (story: Story) => story.completes('gate', null, { branch: 'true' });
const shut = (story: Story) => story.completes('gate', null, { branch: 'false' });

describe('all', () => {
  it('waits for every dependency, and runs when each matched', () => {
    const story = open(approved(given(join('all'))));
    expect(story.statusOf('c')).toBe('PENDING');
    expect(story.completes('b').statusOf('c')).toBe('QUEUED');
    expect(story.why('c', 'step.queued')).toBe('every dependency matched');
  });

  it('does not mind a dependency that was skipped', () => {
    expect(shut(approved(given(join('all')))).statusOf('c')).toBe('QUEUED');
  });

  it('waits for every dependency also where one has missed, and is skipped then', () => {
    const story = open(rejected(given(join('all'))));
    expect(story.statusOf('c')).toBe('PENDING');
    story.completes('b');
    expect(story.statusOf('c')).toBe('SKIPPED');
    expect(story.why('c', 'step.skipped')).toBe('a does not match: it completed with branch rejected');
  });
});

describe('strict', () => {
  it('runs when every dependency matched', () => {
    expect(
      open(approved(given(join('strict'))))
        .completes('b')
        .statusOf('c'),
    ).toBe('QUEUED');
  });

  it('is skipped with any of its dependencies', () => {
    const story = shut(approved(given(join('strict'))));
    expect(story.statusOf('c')).toBe('SKIPPED');
    expect(story.why('c', 'step.skipped')).toBe('b was skipped');
  });
});

describe('any', () => {
  it('starts with the first match, once, and lets the others go on', () => {
    const story = open(approved(given(join('any'))));
    expect(story.statuses).toMatchObject({ b: 'QUEUED', c: 'QUEUED' });
    expect(story.why('c', 'step.queued')).toBe('a matched');
    story.completes('c').completes('b');
    expect(story.dispatched.filter((id) => id.startsWith('c'))).toEqual(['c#1.1']);
    expect(story.completes('other').status).toBe('COMPLETED');
  });

  it('is skipped when none can match any more', () => {
    const story = shut(rejected(given(join('any'))));
    expect(story.statusOf('c')).toBe('SKIPPED');
    expect(story.why('c', 'step.skipped')).toBe('no dependency can match any more');
  });
});

describe('settled', () => {
  it.each([
    ['all matched', (story: Story) => open(approved(story)).completes('b')],
    ['one missed and one was skipped', (story: Story) => shut(rejected(story))],
  ])('runs whatever the outcome: %s', (_, happens) => {
    expect(happens(given(join('settled'))).statusOf('c')).toBe('QUEUED');
  });

  it('waits for every dependency', () => {
    expect(open(approved(given(join('settled')))).statusOf('c')).toBe('PENDING');
  });
});

describe('edges', () => {
  const edge = (on: string) => `
- { id: a, handler: seek_approval }
- { id: b, handler: work, dependencies: [{ node: a, on: ${on} }] }
- { id: net, handler: work, dependencies: [{ node: a, on: always }] }`;

  it.each([
    ['success', 'QUEUED', 'QUEUED', 'SKIPPED'],
    ['failure', 'SKIPPED', 'SKIPPED', 'QUEUED'],
    ['always', 'QUEUED', 'QUEUED', 'QUEUED'],
    ['approved', 'QUEUED', 'SKIPPED', 'SKIPPED'],
    ['[approved, rejected]', 'QUEUED', 'QUEUED', 'SKIPPED'],
  ])('on %s: %s when approved, %s when rejected, %s when failed', (on, whenApproved, whenRejected, whenFailed) => {
    expect(approved(given(edge(on))).statusOf('b')).toBe(whenApproved);
    expect(rejected(given(edge(on))).statusOf('b')).toBe(whenRejected);
    expect(given(edge(on)).fails('a').statusOf('b')).toBe(whenFailed);
  });

  it('on a branch does not match a completion without one', () => {
    expect(given(edge('approved')).completes('a').statusOf('b')).toBe('SKIPPED');
  });
});
