import { describe, expect, it } from '@jest/globals';
import { planOf, type NodeSketch } from '../../test/plan-builder.ts';
import { Story } from '../../test/story.ts';

const work = (sketch: Partial<NodeSketch> = {}) => new Story(planOf([{ id: 'work', ...sketch }]));

describe('a deferred step', () => {
  it('is completed by its token, with a branch, and keeps the worker that deferred it', () => {
    const story = work().starts('work').defers('work').isCompletedByToken('work', { ok: 1 }, { branch: 'approved' });
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', output: { ok: 1 }, branch: 'approved', worker: 'w1' });
    expect(story.history('work')).toEqual(expect.arrayContaining(['step.waiting', 'command.complete_task', 'step.completed']));
    expect(story.status).toBe('COMPLETED');
    expect(story.cancelledDeferred).toEqual([]);
  });

  it.each([
    ['QUEUED', (story: Story) => story],
    ['RUNNING', (story: Story) => story.starts('work')],
  ])('may be completed before it is known to be deferred, when it is %s', (status, happens) => {
    const story = happens(new Story(planOf([{ id: 'work' }, { id: 'other' }])));
    expect(story.statusOf('work')).toBe(status);
    story.isCompletedByToken('work', 'early').defers('work', 1);
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', output: 'early' });
    expect(story.ignored).toEqual(['step_settled']);
  });

  it('is completed once', () => {
    const story = new Story(planOf([{ id: 'work' }, { id: 'other' }])).defers('work');
    story.isCompletedByToken('work', 1).isCompletedByToken('work', 2).isFailedByToken('work');
    expect(story.step('work').output).toBe(1);
    expect(story.ignored).toEqual(['step_settled', 'step_settled']);
  });

  it('is failed by its token: for good, or for its retry policy to decide', () => {
    expect(work().defers('work').isFailedByToken('work').error).toMatchObject({ code: 'REFUSED', path: 'work' });
    const story = work().defers('work').isFailedByToken('work', true);
    expect(story.step('work')).toMatchObject({ status: 'RETRYING', generation: 2 });
    story.timerFires('retry', 'work').isFailedByToken('work', true, 1);
    expect(story.ignored).toEqual(['attempt_over']);
    story.defers('work').isCompletedByToken('work', 'late', { attempt: 1 });
    expect(story.step('work')).toMatchObject({ status: 'COMPLETED', output: 'late' });
    expect(story.cancelledDeferred).toEqual(['work#2']);
  });

  it.each([
    ['the execution is cancelled', (story: Story) => story.isCancelled()],
    ['its deadline is over', (story: Story) => story.timerFires('deadline', 'work')],
    ['the execution fails', (story: Story) => story.fails('other')],
  ])('has its service told when %s', (_, happens) => {
    const story = happens(new Story(planOf([{ id: 'work', deadlineMs: 60_000 }, { id: 'other' }])).starts('work').defers('work'));
    expect(story.cancelledDeferred).toEqual(['work#1']);
    expect(story.withdrawn).not.toContain('work');
  });

  it('that was never deferred has a task to take back, and no service to tell', () => {
    const story = work().starts('work').isCancelled();
    expect([story.withdrawn, story.cancelledDeferred]).toEqual([['work'], []]);
  });
});
