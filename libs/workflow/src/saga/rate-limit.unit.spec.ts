import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import type { Effect } from './saga-types.ts';

const limited = (more = '', key = 'key: "{{ input.tenant }}", ') => `
- id: call
  handler: work
  rateLimit: { ${key}limit: 2, per: 1m }
  ${more}
`;
const holds = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'hold' ? [effect.rate] : []));

function release(story: ReturnType<typeof given>, path: string, attempt = story.step(path).attempt) {
  const { scope, node } = story.step(path);
  return story.happens({ kind: 'released', task: { executionId: 'e1', scope, node, attempt } });
}

describe('a step with a rate limit', () => {
  it('is queued and not sent, and says what it waits for', () => {
    const story = given(limited(), { input: { tenant: 'acme' } });
    expect(story.step('call')).toMatchObject({
      status: 'QUEUED',
      attempt: 1,
      dispatch: 0,
      waitingFor: 'its rate limit: 2 in 60 s',
    });
    expect(story.dispatched).toEqual([]);
    expect(holds(story.latest)).toEqual([{ bucket: 'key acme 2/60000ms', limit: 2, perMs: 60_000 }]);
  });

  it('is sent when it is let go, once', () => {
    const story = given(limited(), { input: { tenant: 'acme' } });
    release(story, 'call');
    expect(story.dispatched).toEqual(['call#1.1']);
    expect(story.step('call')).toMatchObject({ status: 'QUEUED', dispatch: 1, waitingFor: null });
    expect(release(story, 'call')).toEqual({ kind: 'ignored', reason: 'stale_dispatch' });
    story.completes('call');
    expect(story.status).toBe('COMPLETED');
    expect(release(story, 'call')).toEqual({ kind: 'ignored', reason: 'execution_terminal' });
  });

  it('has a limit of its own where it names no key, shared by all executions', () => {
    const [first] = holds(given(limited('', '')).latest);
    const [second] = holds(given(limited('', '')).latest);
    expect(first).toEqual({ bucket: 'step story call 2/60000ms', limit: 2, perMs: 60_000 });
    expect(second).toEqual(first);
  });

  it('is held again before every further attempt, since each one counts', () => {
    const story = given(limited('retry: { retries: 1, initialDelay: 1s }'), { input: { tenant: 'acme' } });
    release(story, 'call');
    story.fails('call', { retryable: true }).timerFires('retry', 'call');
    expect(story.step('call')).toMatchObject({ status: 'QUEUED', attempt: 2, dispatch: 0 });
    expect(release(story, 'call', 1)).toEqual({ kind: 'ignored', reason: 'stale_dispatch' });
    release(story, 'call');
    expect(story.dispatched).toEqual(['call#1.1', 'call#2.1']);
  });

  it('does not count a message that was lost a second time', () => {
    const story = given(limited(), { input: { tenant: 'acme' } });
    release(story, 'call');
    story.loses('call');
    expect(story.dispatched).toEqual(['call#1.1', 'call#1.2']);
  });

  it('begins its time in the queue when it is let go', () => {
    const story = given(limited('queueTimeout: 10s'), { input: { tenant: 'acme' } });
    expect([...story.timers.keys()]).toEqual([]);
    story.passes(3_600_000);
    release(story, 'call');
    expect([...story.timers.keys()]).toEqual(['call queue_timeout']);
    story.timerFires('queue_timeout', 'call');
    expect(story.error?.code).toBe('QUEUE_TIMEOUT');
  });

  it('that is cancelled while it is held has nothing to be withdrawn', () => {
    const story = given(limited('queueTimeout: 10s'), { input: { tenant: 'acme' } });
    story.isCancelled();
    expect(story.status).toBe('CANCELLED');
    expect(story.withdrawn).toEqual([]);
  });

  it('ends with its deadline, held or not', () => {
    const story = given(limited('deadline: 1m'), { input: { tenant: 'acme' } });
    story.timerFires('deadline', 'call');
    expect(story.error?.code).toBe('DEADLINE_EXCEEDED');
  });

  it('whose key cannot be made fails', () => {
    const story = given(limited());
    expect(story.error?.code).toBe('UNRESOLVED_REFERENCE');
    expect(given(limited(), { input: { tenant: 'x'.repeat(501) } }).error?.code).toBe('EXPRESSION_FAILED');
  });
});
