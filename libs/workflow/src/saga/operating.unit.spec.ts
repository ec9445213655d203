import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { heldTimerDue } from './pausing.ts';

const chain = `
- { id: a, handler: work, retry: { retries: 1 } }
- { id: b, handler: work, dependencies: [a] }
- { id: c, handler: work, dependencies: [b] }`;

describe('pause and resume', () => {
  it('schedules nothing new while paused, records what finishes, and goes on from there', () => {
    const story = given(chain).commands({ kind: 'pause', reason: 'lunch' });
    expect(story.status).toBe('PAUSED');
    story.completes('a');
    expect(story.statuses).toEqual({ a: 'COMPLETED', b: 'PENDING', c: 'PENDING' });
    story.commands({ kind: 'resume' });
    expect(story.statuses).toEqual({ a: 'COMPLETED', b: 'QUEUED', c: 'PENDING' });
    expect(story.completes('b').completes('c').status).toBe('COMPLETED');
    expect(story.notices.filter((notice) => /^(paused|resumed)$/.test(notice))).toEqual(['paused', 'resumed']);
  });

  it('holds timers back until it is resumed', () => {
    const story = given(chain).fails('a', { retryable: true }).commands({ kind: 'pause' }).timerFires('retry', 'a');
    expect(story.statusOf('a')).toBe('RETRYING');
    expect(story.timers.get('a retry')?.dueAt).toBe(heldTimerDue);
    story.commands({ kind: 'resume' });
    expect(story.latest).toContainEqual({ kind: 'release_timers', at: story.now });
    story.timerFires('retry', 'a');
    expect(story.step('a')).toMatchObject({ status: 'QUEUED', attempt: 2 });
  });

  it('ends only when it is resumed, and fails only then', () => {
    const done = given('- { id: a, handler: work }').commands({ kind: 'pause' }).completes('a');
    expect(done.status).toBe('PAUSED');
    expect(done.commands({ kind: 'resume' }).status).toBe('COMPLETED');
    const failed = given('- { id: a, handler: work }').commands({ kind: 'pause' }).fails('a');
    expect(failed.status).toBe('PAUSED');
    expect(failed.commands({ kind: 'resume' }).status).toBe('FAILED');
  });

  it('is ended by a cancel, and by the execution’s timeout', () => {
    expect(given(chain).commands({ kind: 'pause' }).isCancelled().status).toBe('CANCELLED');
    const timed = given(`name: Story\ntimeout: 1m\ndag:\n  nodes:\n    - { id: a, handler: work }`).commands({ kind: 'pause' });
    expect(timed.timerFires('execution_timeout').status).toBe('TIMED_OUT');
  });

  it('takes the commands in their states only', () => {
    const story = given(chain).commands({ kind: 'resume' }).commands({ kind: 'pause' }).commands({ kind: 'pause' });
    expect(story.ignored).toEqual(['wrong_state', 'wrong_state']);
  });
});

describe('retry', () => {
  it('opens failed, cancelled and therefore skipped steps again, and nothing else', () => {
    const story = given(`
- { id: a, handler: work }
- { id: no, handler: work, dependencies: [a], when: "false" }
- { id: b, handler: work, dependencies: [a] }
- { id: c, handler: work, dependencies: [b] }
- { id: d, handler: work, dependencies: [{ node: b, on: failure }], when: "false" }`);
    story.completes('a').fails('b');
    expect(story.status).toBe('FAILED');
    story.commands({ kind: 'retry' });
    expect(story.status).toBe('RUNNING');
    expect(story.error).toBeUndefined();
    expect(story.statuses).toEqual({ a: 'COMPLETED', no: 'SKIPPED', b: 'QUEUED', c: 'PENDING', d: 'PENDING' });
    expect(story.step('b')).toMatchObject({ attempt: 2, generation: 2 });
    expect(story.completes('b').completes('c').status).toBe('COMPLETED');
    expect(story.history()).toContain('command.retry');
    expect(story.why('c', 'step.reopened')).toBe('it was SKIPPED');
  });

  it('runs what was undone and all that hangs on it once more, with other idempotency keys', () => {
    const story = given(`
- { id: a, handler: work, compensate: { handler: work } }
- { id: b, handler: work, dependencies: [a] }
- { id: c, handler: work, dependencies: [b] }
- { id: e, handler: work }`);
    story.completes('a').completes('b').completes('e').fails('c').completes('a');
    expect(story.status).toBe('FAILED');
    story.commands({ kind: 'retry' });
    expect(story.statuses).toEqual({ a: 'QUEUED', b: 'PENDING', c: 'PENDING', e: 'COMPLETED' });
    expect(story.step('a')).toMatchObject({ attempt: 3, generation: 2 });
    story.completes('a', 'what was undone since', { attempt: 1 });
    story.completes('a', 'the undo', { attempt: 2 });
    expect(story.ignored).toEqual(['attempt_over', 'attempt_over']);
    story.completes('a', 'anew').completes('b').fails('c');
    expect(story.statusOf('a')).toBe('COMPENSATING');
    story.completes('a').commands({ kind: 'retry' }).completes('a').completes('b').completes('c');
    expect(story.status).toBe('COMPLETED');
  });

  it('lays changed configuration over that of the steps named', () => {
    const story = given(`
- { id: a, handler: work, config: { url: wrong, other: 1, key: "{{ secrets.KEY }}" } }
- { id: b, handler: work, dependencies: [a], config: { n: 1 } }`).fails('a');
    story.commands({ kind: 'retry', input: { a: { url: 'right' }, b: { n: 2 }, nobody: {} } });
    expect(story.step('a').config).toMatchObject({ url: 'right', other: 1 });
    expect(story.latest.find((effect) => effect.kind === 'dispatch')).toMatchObject({ secrets: [{ pointer: '/key' }] });
    expect(story.completes('a').step('b').config).toEqual({ n: 2 });
  });

  it('keeps a secret out of a place where an operator wrote something else', () => {
    const story = given('- { id: a, handler: work, config: { key: "{{ secrets.KEY }}" }, retry: { retries: 2 } }').fails('a');
    story.commands({ kind: 'retry', input: { a: { key: 'plain' } } });
    const slots = () => story.latest.flatMap((effect) => (effect.kind === 'dispatch' ? effect.secrets : []));
    expect(slots()).toEqual([]);
    story.fails('a', { retryable: true }).loses('a');
    expect(slots()).toEqual([]);
  });

  it('is refused by what runs, what completed, and what is still being undone', () => {
    const story = given(chain).commands({ kind: 'retry' });
    expect(story.ignored).toEqual(['wrong_state']);
    story.completes('a').completes('b').completes('c').commands({ kind: 'retry' });
    expect(story.ignored).toEqual(['wrong_state', 'wrong_state']);
    const undoing = given(
      '- { id: a, handler: work, compensate: { handler: work } }\n- { id: b, handler: work, dependencies: [a] }',
    );
    undoing.completes('a').fails('b').fails('a').commands({ kind: 'retry' });
    expect(undoing.status).toBe('COMPENSATING');
    expect(undoing.ignored).toEqual(['wrong_state']);
  });

  it('sets the execution’s timeout anew, and tells an event of a step that was undone as another event', () => {
    const story = given(`name: Story\ntimeout: 1m\ndag:\n  nodes:
    - { id: tell, handler: emit_event, config: { type: a.b }, compensate: { handler: emit_event, config: { type: a.c } } }
    - { id: b, handler: work, dependencies: [tell] }`);
    story.timerFires('execution_timeout').commands({ kind: 'retry' });
    expect(story.timers.get(' execution_timeout')?.dueAt).toBe(story.now + 60_000);
    expect(story.latest).toContainEqual(expect.objectContaining({ kind: 'emit_event', id: 'e1:tell:2' }));
  });
});
