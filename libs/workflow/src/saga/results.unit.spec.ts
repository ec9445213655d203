import { describe, expect, it } from '@jest/globals';
import { planOf, type NodeSketch } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';

const work = (sketch: Partial<NodeSketch> = {}) => new Story(planOf([{ id: 'work', ...sketch }]));
const flaky = { code: 'FLAKY', retryable: true };

describe('the start of a step', () => {
  it('is queued with its configuration, as first attempt of the first generation', () => {
    const story = work();
    expect(story.step('work')).toMatchObject({
      status: 'QUEUED',
      attempt: 1,
      generation: 1,
      dispatch: 1,
      config: {},
      queue: 'work',
      queuedAt: story.startedAt,
    });
    expect(story.latest.map(({ kind }) => kind)).toEqual(['history', 'lifecycle', 'history', 'lifecycle', 'dispatch']);
    expect(story.notices).toEqual(['started', 'step.queued work']);
  });

  it('is RUNNING once a worker has said so, and then only once', () => {
    const story = work().passes(50).starts('work').starts('work');
    expect(story.step('work')).toMatchObject({ status: 'RUNNING', worker: 'w1', startedAt: story.now });
    expect(story.ignored).toEqual(['already_running']);
  });

  it('is not RUNNING because of an attempt that is over, or not there yet', () => {
    const story = work().starts('work', 2).fails('work', flaky).starts('work', 1).timerFires('retry', 'work').starts('work', 1);
    expect(story.ignored).toEqual(['not_open', 'attempt_over', 'attempt_over']);
    expect(story.statusOf('work')).toBe('QUEUED');
  });
});

describe('a completed result', () => {
  it('completes the step with output, branch, worker and times, and says what it used', () => {
    const story = work().passes(100);
    story.reports({ path: 'work', outcome: 'completed', output: { n: 1 }, branch: 'ok', usage: { tokens: 3 } });
    expect(story.step('work')).toMatchObject({
      status: 'COMPLETED',
      output: { n: 1 },
      branch: 'ok',
      worker: 'w1',
      startedAt: story.now - 10,
      finishedAt: story.now,
    });
    expect(story.latest).toContainEqual(
      expect.objectContaining({
        entry: expect.objectContaining({ type: 'step.completed', data: { usage: { tokens: 3 }, branch: 'ok' } }),
      }),
    );
  });

  it('without an output has the output null', () => {
    const story = work();
    story.reports({ path: 'work', outcome: 'completed' });
    expect(story.output).toBeNull();
  });

  it('has its times in whole milliseconds, whatever clock the worker has', () => {
    const story = work();
    story.reports({ path: 'work', outcome: 'completed', startedAt: 1_700_000_000_000.6, finishedAt: 1e300 });
    expect(story.step('work')).toMatchObject({ startedAt: 1_700_000_000_001, finishedAt: story.now });
  });

  it('is ignored the second time, for a step nobody knows, and for one that has not started', () => {
    const story = new Story(planOf([{ id: 'a' }, { id: 'b', needs: [{ node: 'a' }] }]));
    story.completes('b').completes('nobody').completes('group[1]/x').completes('a').completes('a').completes('b').completes('b');
    expect(story.ignored).toEqual(['not_open', 'unknown_step', 'unknown_step', 'step_settled', 'execution_terminal']);
  });

  it('of an earlier attempt completes a step that is still open, and takes the later attempt back', () => {
    const story = work()
      .fails('work', flaky)
      .timerFires('retry', 'work')
      .starts('work')
      .completes('work', 'late', { attempt: 1 });
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', output: 'late', attempt: 2 });
    expect(story.withdrawn).toEqual(['work']);
    expect(story.why('work', 'step.completed')).toBe('attempt 1 completed after it had been given up');
    expect(story.status).toBe('COMPLETED');
  });

  it('of an attempt that failed completes the step before it is tried again', () => {
    const story = work().fails('work', flaky).completes('work', 'after all');
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', output: 'after all', attempt: 1 });
    expect(story.step('work').error).toBeUndefined();
    expect(story.withdrawn).toEqual([]);
  });

  it('of an attempt that was never begun means nothing', () => {
    const story = work().completes('work', 'early', { attempt: 2 });
    expect(story.ignored).toEqual(['not_open']);
  });
});

describe('a failed result', () => {
  it('is retried later, with backoff and jitter, until no retry is left', () => {
    const story = work({ retry: { retries: 2, initialDelayMs: 1_000, factor: 3, jitter: false } });
    story.fails('work', flaky);
    expect(story.step('work')).toMatchObject({ status: 'RETRYING', attempt: 1, error: { code: 'FLAKY', path: 'work' } });
    expect(story.step('work').waitingFor).toBe(`attempt 2 at ${new Date(story.now + 1_000).toISOString()}`);
    const first = story.now;
    story.timerFires('retry', 'work');
    expect(story.now - first).toBe(1_000);
    expect(story.step('work')).toMatchObject({
      status: 'QUEUED',
      attempt: 2,
      dispatch: 1,
      worker: null,
      startedAt: null,
      waitingFor: null,
    });
    const second = story.now;
    story.fails('work', flaky).timerFires('retry', 'work');
    expect(story.now - second).toBe(3_000);
    story.fails('work', flaky);
    expect(story.step('work')).toMatchObject({ status: 'FAILED', attempt: 3 });
    expect(story.dispatched).toEqual(['work#1.1', 'work#2.1', 'work#3.1']);
    expect(story.why('work', 'step.failed')).toBe('all 3 attempts failed');
    expect(story.status).toBe('FAILED');
  });

  it.each([
    ['a terminal error', { retryable: false }, {}, 'the error is terminal'],
    [
      'a code the definition does not retry',
      { code: 'NO', retryable: true },
      { nonRetryable: ['NO'] },
      'the definition does not retry NO',
    ],
    ['a poisonous task', { code: 'TASK_POISON', retryable: true }, {}, 'its task was delivered too often'],
    ['no retries at all', { retryable: true }, { retries: 0 }, 'all 1 attempts failed'],
  ])('fails the step for good: %s', (_, error, retry, why) => {
    const story = work({ retry }).fails('work', error);
    expect(story.statusOf('work')).toBe('FAILED');
    expect(story.why('work', 'step.failed')).toBe(why);
  });

  it('waits at least as long as the handler asked for', () => {
    const story = work().fails('work', { ...flaky, retryAfterMs: 90_000 });
    expect(story.timers.get('work retry')?.dueAt).toBe(story.now + 90_000);
  });

  it('starts a new generation only when the failure is definite', () => {
    const story = work().fails('work', { ...flaky, definite: false });
    expect(story.step('work').generation).toBe(1);
    story.timerFires('retry', 'work').fails('work', { ...flaky, definite: true });
    expect(story.step('work').generation).toBe(2);
    story.timerFires('retry', 'work').fails('work', flaky);
    expect(story.step('work').generation).toBe(3);
  });

  it('counts once for each attempt', () => {
    const story = work().fails('work', flaky).fails('work', flaky).timerFires('retry', 'work').fails('work', flaky, 1);
    expect(story.ignored).toEqual(['attempt_over', 'attempt_over']);
    expect(story.step('work')).toMatchObject({ status: 'QUEUED', attempt: 2 });
  });

  it('completes the step with branch error where the node says so, once its retries are used up', () => {
    const plan = planOf([
      { id: 'work', onError: 'continue', retry: { retries: 1 } },
      { id: 'mend', needs: [{ node: 'work', on: { kind: 'branches', branches: ['error'] } }] },
    ]);
    const story = new Story(plan).fails('work', flaky).timerFires('retry', 'work').fails('work', flaky);
    const error = { code: 'FLAKY', message: 'work broke', path: 'work' };
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', branch: 'error', output: error, error });
    expect(story.statusOf('mend')).toBe('QUEUED');
    expect(story.completes('mend').status).toBe('COMPLETED');
  });

  it('without an error is retried like any other', () => {
    const story = work();
    story.reports({ path: 'work', outcome: 'failed' });
    expect(story.step('work')).toMatchObject({ status: 'RETRYING', error: { code: 'UNKNOWN_ERROR' } });
  });
});

describe('a deferred result', () => {
  it('leaves the step WAITING until it is completed', () => {
    const story = work().starts('work');
    story.reports({ path: 'work', outcome: 'deferred', output: 'an approval by ann' });
    expect(story.step('work')).toMatchObject({ status: 'WAITING', waitingFor: 'an approval by ann', worker: 'w1' });
    story.defers('work').starts('work').completes('work', 'approved');
    expect(story.ignored).toEqual(['wrong_state', 'wrong_state']);
    expect(story.output).toBe('approved');
    expect(story.notices).toContain('step.waiting work');
  });

  it('counts for nothing once the completion has come', () => {
    const story = new Story(planOf([{ id: 'work' }, { id: 'next', needs: [{ node: 'work' }] }]));
    story.completes('work', 'approved').defers('work');
    expect(story.ignored).toEqual(['step_settled']);
    expect(story.step('work').output).toBe('approved');
  });

  it('can fail and be tried again', () => {
    const story = work().defers('work').fails('work', flaky).defers('work').timerFires('retry', 'work');
    expect(story.ignored).toEqual(['attempt_over']);
    expect(story.step('work')).toMatchObject({ status: 'QUEUED', attempt: 2 });
  });
});

describe('progress', () => {
  it('is passed on and changes nothing', () => {
    const story = work().starts('work');
    const before = story.state;
    const decision = story.reports({ path: 'work', outcome: 'progress', progress: 0.4 });
    expect(decision).toMatchObject({
      kind: 'applied',
      effects: [{ kind: 'lifecycle', notice: { event: 'step.progress', data: { progress: 0.4 } } }],
    });
    expect(story.state.execution).toBe(before.execution);
    expect(story.state.steps).toBe(before.steps);
  });

  it('of steps is kept quiet where the definition wants executions only', () => {
    const story = new Story(planOf([{ id: 'work' }], { lifecycle: 'executions' })).starts('work');
    story.reports({ path: 'work', outcome: 'progress', progress: 1 });
    expect(story.latest).toEqual([]);
    expect(story.completes('work').notices).toEqual(['started', 'completed']);
  });
});

describe('a lost message', () => {
  it('is sent again as another dispatch of the same attempt', () => {
    const story = work().starts('work').loses('work');
    expect(story.step('work')).toMatchObject({ status: 'QUEUED', attempt: 1, dispatch: 2, worker: null });
    expect(story.dispatched).toEqual(['work#1.1', 'work#1.2']);
    expect(story.history('work')).toEqual(['step.queued', 'step.running', 'step.redispatched']);
    expect(story.completes('work').status).toBe('COMPLETED');
  });

  it('means nothing for another dispatch or attempt, or when nothing is out', () => {
    const story = work().loses('work', { dispatch: 2 }).loses('work', { attempt: 2 }).loses('work');
    story.loses('work', { dispatch: 1 }).defers('work').loses('work');
    expect(story.ignored).toEqual(['stale_dispatch', 'stale_dispatch', 'stale_dispatch', 'stale_dispatch']);
  });

  it('is poison when it has been sent too often', () => {
    const story = work();
    for (let sent = 1; story.statusOf('work') === 'QUEUED' && sent < 1_000; sent += 1) story.loses('work');
    expect(story.step('work')).toMatchObject({ status: 'FAILED', error: { code: 'TASK_POISON' } });
    expect(story.dispatched).toHaveLength(50);
  });
});

describe('a step’s own record', () => {
  it('keeps its identity as long as nothing of it changes', () => {
    const story = new Story(planOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }]));
    const before = story.state.steps;
    story.completes('b');
    expect(story.state.steps.get('a')).toBe(before.get('a'));
    expect(story.state.steps.get('b')).not.toBe(before.get('b'));
    expect(before.get('b')?.status).toBe('QUEUED');
  });
});
