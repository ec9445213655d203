import { describe, expect, it } from '@jest/globals';
import { planOf, template } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';
import type { ExecutionState } from './saga-types.ts';
import { transition } from './transition.ts';

const flaky = { code: 'FLAKY', retryable: true };

describe('a failure that nobody absorbs', () => {
  const plan = planOf([
    { id: 'pay' },
    { id: 'queued' },
    { id: 'running' },
    { id: 'retrying' },
    { id: 'waiting' },
    { id: 'later', needs: [{ node: 'running' }] },
    { id: 'tidy', needs: [{ node: 'later' }], join: 'settled' },
    { id: 'after', needs: [{ node: 'tidy' }] },
    { id: 'report', needs: [{ node: 'after' }], join: 'settled' },
  ]);
  const failing = () => new Story(plan).starts('running').fails('retrying', flaky).defers('waiting').fails('pay');

  it('fails fast: takes back what is queued, stops what runs, cancels what has not started', () => {
    const story = failing();
    expect(story.statuses).toEqual({
      pay: 'FAILED',
      queued: 'CANCELLED',
      running: 'CANCELLED',
      retrying: 'CANCELLED',
      waiting: 'CANCELLED',
      later: 'PENDING',
      tidy: 'QUEUED',
      after: 'PENDING',
      report: 'QUEUED',
    });
    expect(story.withdrawn.toSorted()).toEqual(['queued', 'running']);
    expect(story.cancelledDeferred).toEqual(['waiting#1']);
    expect(story.status).toBe('RUNNING');
    expect(story.state.execution.ending).toEqual({
      status: 'FAILED',
      error: { code: 'BROKEN', message: 'pay broke', path: 'pay' },
      compensate: true,
    });
    expect(story.history()).toContain('execution.failing');
  });

  it('ends when the clean-up is done, and only then', () => {
    const story = failing().completes('tidy');
    expect(story.status).toBe('RUNNING');
    story.completes('report');
    expect(story.status).toBe('FAILED');
    expect(story.statuses).toMatchObject({ later: 'CANCELLED', tidy: 'COMPLETED', after: 'CANCELLED', report: 'COMPLETED' });
    expect(story.step('after')).toMatchObject({ attempt: 0, startedAt: null });
    expect(story.notices.at(-1)).toBe('failed');
    expect(story.error).toEqual({ code: 'BROKEN', message: 'pay broke', path: 'pay' });
  });

  it('keeps its reason when clean-up fails too, which is retried first', () => {
    const story = failing().completes('report').fails('tidy', flaky);
    expect(story.statusOf('tidy')).toBe('RETRYING');
    story.timerFires('retry', 'tidy').fails('tidy');
    expect(story.status).toBe('FAILED');
    expect(story.error?.path).toBe('pay');
    expect(story.statusOf('tidy')).toBe('FAILED');
  });

  it('lets clean-up that is under way go on', () => {
    const story = new Story(
      planOf([{ id: 'a' }, { id: 'b' }, { id: 'tidy', needs: [{ node: 'a' }], join: 'settled' }]),
    ).completes('a');
    story.starts('tidy').fails('b');
    expect(story.statuses).toEqual({ a: 'COMPLETED', b: 'FAILED', tidy: 'RUNNING' });
    expect(story.completes('tidy').status).toBe('FAILED');
  });

  it('ignores what comes late for steps it has cancelled', () => {
    const story = failing().completes('running').fails('queued').completes('retrying').starts('queued');
    expect(story.ignored).toEqual(['step_settled', 'step_settled', 'step_settled', 'step_settled']);
  });

  it('does not compensate where the definition leaves things as they are', () => {
    const story = new Story(planOf([{ id: 'a' }, { id: 't', needs: [{ node: 'a' }], join: 'settled' }], { onFailure: 'leave' }));
    expect(story.fails('a').state.execution.ending?.compensate).toBe(false);
  });
});

describe('whether a failure is absorbed', () => {
  const failure = { kind: 'failure' } as const;
  const always = { kind: 'always' } as const;

  it.each([['failure', failure] as const, ['always', always] as const])('an edge %s absorbs it when its target runs', (_, on) => {
    const story = new Story(planOf([{ id: 'a' }, { id: 'h', needs: [{ node: 'a', on }] }])).fails('a');
    expect(story.statusOf('h')).toBe('QUEUED');
    expect(story.completes('h', 'mended').status).toBe('COMPLETED');
    expect(story.output).toBe('mended');
  });

  it('a target that fails itself leaves the first failure absorbed', () => {
    const story = new Story(planOf([{ id: 'a' }, { id: 'h', needs: [{ node: 'a', on: failure }] }])).fails('a').fails('h');
    expect(story.error?.path).toBe('h');
  });

  it('a settled step never absorbs it, whatever its edge says', () => {
    const plan = planOf([{ id: 'a' }, { id: 's', needs: [{ node: 'a', on: failure }], join: 'settled' }]);
    expect(new Story(plan).fails('a').completes('s').status).toBe('FAILED');
  });

  it('stays open as long as the one who would absorb it may still run', () => {
    const story = new Story(
      planOf([{ id: 'a' }, { id: 'b' }, { id: 'h', needs: [{ node: 'a', on: failure }, { node: 'b' }] }]),
    ).fails('a');
    expect(story.state.execution.ending).toBeNull();
    expect(story.completes('b').statusOf('h')).toBe('QUEUED');
  });

  it('is decided as soon as it can be: a dependency that has missed already dooms the one who would absorb it', () => {
    const plan = planOf([
      { id: 'a' },
      { id: 'b' },
      { id: 'slow' },
      { id: 'h', needs: [{ node: 'a', on: failure }, { node: 'b', on: failure }, { node: 'slow' }] },
    ]);
    const story = new Story(plan).completes('b').fails('a');
    expect(story.statuses).toEqual({ a: 'FAILED', b: 'COMPLETED', slow: 'CANCELLED', h: 'CANCELLED' });
    expect(story.status).toBe('FAILED');
  });

  it('is decided as soon as it can be, also when the doom is a few steps away', () => {
    const plan = planOf([
      { id: 'a' },
      { id: 'gate' },
      { id: 'slow' },
      { id: 'far', needs: [{ node: 'gate', on: failure }, { node: 'slow' }], join: 'strict' },
      { id: 'h', needs: [{ node: 'a', on: failure }, { node: 'far' }], join: 'strict' },
    ]);
    const story = new Story(plan).fails('a');
    expect(story.status).toBe('RUNNING');
    story.completes('gate');
    expect(story.status).toBe('FAILED');
    expect(story.error?.path).toBe('a');
  });

  it('an any join absorbs it, whether it has started or may still start', () => {
    const plan = planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: [{ node: 'a' }, { node: 'b' }], join: 'any' }]);
    expect(new Story(plan).completes('b').fails('a').statuses).toEqual({ a: 'FAILED', b: 'COMPLETED', c: 'QUEUED' });
    expect(new Story(plan).fails('a').statuses).toEqual({ a: 'FAILED', b: 'QUEUED', c: 'PENDING' });
  });

  it('an any join that was skipped after all absorbs nothing', () => {
    const plan = planOf([
      { id: 'a' },
      { id: 'b' },
      { id: 'c', needs: [{ node: 'a' }, { node: 'b', on: { kind: 'branches', branches: ['go'] } }], join: 'any' },
    ]);
    const story = new Story(plan).fails('a').completes('b', null, { branch: 'stop' });
    expect(story.status).toBe('FAILED');
    expect(story.error?.path).toBe('a');
  });
});

describe('cancel', () => {
  const plan = planOf([
    { id: 'a' },
    { id: 'b' },
    { id: 'c', needs: [{ node: 'a' }] },
    { id: 'tidy', needs: [{ node: 'a' }], join: 'settled' },
  ]);

  it('ends everything at once: nothing new is sent, not even clean-up', () => {
    const story = new Story(plan).starts('a').isCancelled({ reason: 'not needed' });
    expect(story.status).toBe('CANCELLED');
    expect(story.error).toEqual({ code: 'CANCELLED', message: 'not needed', details: { by: 'user:ann' } });
    expect(story.statuses).toEqual({ a: 'CANCELLED', b: 'CANCELLED', c: 'CANCELLED', tidy: 'CANCELLED' });
    expect(story.withdrawn).toEqual(['a', 'b']);
    expect(story.dispatched).toEqual(['a#1.1', 'b#1.1']);
    expect(story.latest).toContainEqual({
      kind: 'history',
      entry: expect.objectContaining({
        type: 'command.cancel',
        by: 'user:ann',
        data: { compensate: true, reason: 'not needed' },
      }),
    });
    expect(story.notices.at(-1)).toBe('cancelled');
  });

  it('comes too late after the end, and the second time', () => {
    const story = new Story(plan).isCancelled().isCancelled();
    expect(story.ignored).toEqual(['execution_terminal']);
  });

  it('stops the clean-up of a failing execution, which still ends FAILED', () => {
    const story = new Story(plan).fails('a').starts('tidy').isCancelled();
    expect(story.status).toBe('FAILED');
    expect(story.error?.path).toBe('a');
    expect(story.statuses).toEqual({ a: 'FAILED', b: 'CANCELLED', c: 'CANCELLED', tidy: 'CANCELLED' });
    expect(story.withdrawn).toEqual(['b', 'tidy']);
  });

  it('ends an execution that was accepted and has not started', () => {
    const { execution } = new Story(plan).state;
    const held: ExecutionState = {
      execution: { ...execution, status: 'PENDING', startedAt: null, historySeq: 0 },
      steps: new Map(),
    };
    const body = { kind: 'cancel', compensate: true } as const;
    const command = { id: 'c1', executionId: 'e1', body, by: 'user:ann', at: 1 };
    const decision = transition(plan, held, { kind: 'command', command, at: 1, entropy: 0 }, new Map());
    if (decision.kind === 'ignored') throw new Error(decision.reason);
    expect(decision.state.execution).toMatchObject({ status: 'CANCELLED', finishedAt: 1, startedAt: null });
    expect([...decision.state.steps.values()].map(({ status }) => status)).toEqual(Array(4).fill('CANCELLED'));
  });
});

describe('a fail node', () => {
  it('ends the execution whatever follows it', () => {
    const plan = planOf([
      { id: 'other' },
      {
        id: 'stop',
        action: { kind: 'fail', config: template(() => ({ code: 'NO_STOCK', message: 'sold out' })) },
        onError: 'continue',
      },
      { id: 'h', needs: [{ node: 'stop', on: { kind: 'failure' } }] },
    ]);
    const story = new Story(plan);
    expect(story.status).toBe('FAILED');
    expect(story.error).toEqual({ code: 'NO_STOCK', message: 'sold out', path: 'stop' });
    expect(story.statuses).toEqual({ other: 'CANCELLED', stop: 'FAILED', h: 'CANCELLED' });
    expect(story.dispatched).toEqual([]);
    expect(story.withdrawn).toEqual([]);
  });
});
