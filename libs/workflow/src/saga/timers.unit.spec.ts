import { describe, expect, it } from '@jest/globals';
import type { TimerKind } from '@jetsaga/contracts';
import { planOf, type NodeSketch } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';

const work = (sketch: Partial<NodeSketch> = {}) => new Story(planOf([{ id: 'work', ...sketch }]));
const flaky = { code: 'FLAKY', retryable: true };
const stale = (story: Story, kind: TimerKind, attempt = 1) =>
  story.happens({ kind: 'timer', timer: { executionId: 'e1', scope: '', node: 'work', kind, attempt, dueAt: story.now } });

describe('queueTimeout', () => {
  it('fails a step that no worker takes, for good, and takes its task back', () => {
    const story = work({ queueTimeoutMs: 5_000 }).timerFires('queue_timeout', 'work');
    expect(story.now - story.startedAt).toBe(5_000);
    expect(story.step('work')).toMatchObject({ status: 'FAILED', error: { code: 'QUEUE_TIMEOUT', path: 'work' } });
    expect(story.withdrawn).toEqual(['work']);
  });

  it.each([
    ['a worker takes it', (story: Story) => story.starts('work')],
    ['a result comes', (story: Story) => story.fails('work', flaky)],
    ['it is deferred', (story: Story) => story.defers('work')],
  ])('is over when %s', (_, happens) => {
    const story = happens(work({ queueTimeoutMs: 5_000 }));
    expect(story.timers.has('work queue_timeout')).toBe(false);
    stale(story, 'queue_timeout');
    expect(story.ignored).toEqual(['stale_timer']);
  });

  it('begins anew with each stay in the queue', () => {
    const story = work({ queueTimeoutMs: 5_000 }).starts('work').passes(9_000).loses('work');
    expect(story.timers.get('work queue_timeout')?.dueAt).toBe(story.now + 5_000);
    story.fails('work', flaky).timerFires('retry', 'work');
    expect(story.timers.get('work queue_timeout')).toMatchObject({ attempt: 2, dueAt: story.now + 5_000 });
    stale(story, 'queue_timeout', 1);
    expect(story.ignored).toEqual(['stale_timer']);
  });
});

describe('deadline', () => {
  it.each([
    ['QUEUED', (story: Story) => story, ['work']],
    ['RUNNING', (story: Story) => story.starts('work'), ['work']],
    ['WAITING', (story: Story) => story.defers('work'), []],
    ['RETRYING', (story: Story) => story.fails('work', { ...flaky, retryAfterMs: 86_400_000 }), []],
  ])('ends a step that is %s', (status, happens, withdrawn) => {
    const story = happens(work({ deadlineMs: 60_000 }));
    expect(story.statusOf('work')).toBe(status);
    story.timerFires('deadline', 'work');
    expect(story.now - story.startedAt).toBe(60_000);
    expect(story.step('work')).toMatchObject({ status: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
    expect(story.withdrawn).toEqual(withdrawn);
  });

  it('counts all attempts together', () => {
    const story = work({ deadlineMs: 60_000 }).fails('work', flaky).timerFires('retry', 'work').timerFires('deadline', 'work');
    expect(story.now - story.startedAt).toBe(60_000);
    expect(story.statusOf('work')).toBe('FAILED');
  });

  it('becomes the outcome where errors are to be gone on from', () => {
    const story = work({ deadlineMs: 60_000, onError: 'continue' }).timerFires('deadline', 'work');
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', branch: 'error' });
    expect(story.status).toBe('COMPLETED');
  });
});

describe('the timeout of the execution', () => {
  const plan = planOf(
    [{ id: 'a' }, { id: 'b', needs: [{ node: 'a' }] }, { id: 'tidy', needs: [{ node: 'b' }], join: 'settled' }],
    {
      timeoutMs: 3_600_000,
    },
  );

  it('stops the work, lets clean-up run, and ends TIMED_OUT', () => {
    const story = new Story(plan).starts('a').timerFires('execution_timeout');
    expect(story.statuses).toEqual({ a: 'CANCELLED', b: 'PENDING', tidy: 'QUEUED' });
    expect(story.withdrawn).toEqual(['a']);
    story.completes('tidy');
    expect(story.status).toBe('TIMED_OUT');
    expect(story.error).toMatchObject({ code: 'EXECUTION_TIMEOUT' });
    expect(story.statuses).toEqual({ a: 'CANCELLED', b: 'CANCELLED', tidy: 'COMPLETED' });
    expect(story.notices.at(-1)).toBe('timed_out');
  });

  it('is cleared when the execution ends, however it ends', () => {
    expect(new Story(plan).completes('a').completes('b').completes('tidy').timers.size).toBe(0);
    expect(new Story(plan).fails('a').completes('tidy').timers.size).toBe(0);
    expect(new Story(plan).isCancelled().timers.size).toBe(0);
  });

  it('means nothing once the execution is failing already', () => {
    const story = new Story(plan).fails('a');
    stale(story, 'execution_timeout');
    expect(story.ignored).toEqual(['stale_timer']);
    expect(story.completes('tidy').status).toBe('FAILED');
  });
});

describe('a timer whose reason is gone', () => {
  it.each<[TimerKind]>([['retry'], ['delay'], ['queue_timeout'], ['deadline'], ['wait_timeout'], ['execution_timeout']])(
    'is stale: %s',
    (kind) => {
      const story = work();
      stale(story, kind);
      story.completes('work');
      stale(story, kind);
      expect(story.ignored).toEqual(['stale_timer', 'execution_terminal']);
    },
  );

  it('is stale also for a retry of an attempt that has been retried', () => {
    const story = work().fails('work', flaky).timerFires('retry', 'work').fails('work', flaky);
    stale(story, 'retry', 1);
    expect(story.ignored).toEqual(['stale_timer']);
    expect(story.timerFires('retry', 'work').step('work').attempt).toBe(3);
  });
});

describe('a time that is no time any more', () => {
  it('is cut to a hundred years', () => {
    const story = work({ queueTimeoutMs: 1e300, deadlineMs: 1e300 });
    const hundredYears = story.startedAt + 100 * 365 * 86_400_000;
    expect([...story.timers.values()].map(({ dueAt }) => dueAt)).toEqual([hundredYears, hundredYears]);
    story.fails('work', { ...flaky, retryAfterMs: 1e300 });
    expect(story.timers.get('work retry')?.dueAt).toBe(hundredYears);
    expect(new Story(planOf([{ id: 'work' }], { timeoutMs: 1e300 })).timers.get(' execution_timeout')?.dueAt).toBe(hundredYears);
  });
});
