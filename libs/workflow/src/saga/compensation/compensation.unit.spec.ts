import { describe, expect, it } from '@jest/globals';
import { given } from '../../../test/definition.ts';
import type { Effect } from '../saga-types.ts';

const booking = `
- { id: flight, handler: work, retry: { retries: 1, jitter: false }, compensate: { handler: work, config: { cancel: "{{ flight.output }}", of: "{{ input.who }}" } } }
- { id: hotel, handler: work, dependencies: [flight], compensate: { handler: seek_approval } }
- { id: plain, handler: work, dependencies: [hotel] }
- { id: car, handler: work, dependencies: [plain], retry: { retries: 0 }, compensate: { handler: work } }
- { id: pay, handler: work, dependencies: [car] }
`;

const undoOf = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'dispatch' && effect.undo ? [effect] : []));

function failing(source = booking) {
  const story = given(source, { input: { who: 'ann' } });
  return story.completes('flight').completes('hotel').completes('plain').completes('car').fails('pay');
}

describe('an execution that fails', () => {
  it('undoes completed steps one after the other, the last to complete first, and then ends', () => {
    const story = failing();
    expect(story.status).toBe('COMPENSATING');
    expect(story.statuses).toMatchObject({
      flight: 'COMPLETED',
      hotel: 'COMPLETED',
      plain: 'COMPLETED',
      car: 'COMPENSATING',
      pay: 'FAILED',
    });
    story.completes('car');
    expect(story.statuses).toMatchObject({ car: 'COMPENSATED', hotel: 'COMPENSATING', flight: 'COMPLETED' });
    expect(undoOf(story.latest)).toMatchObject([
      { path: 'hotel', undo: { handler: 'seek_approval', queue: 'work', outcomeUnknown: false } },
    ]);
    story.completes('hotel');
    expect(undoOf(story.latest)).toMatchObject([{ path: 'flight', undo: { config: { cancel: 'flight done', of: 'ann' } } }]);
    expect(story.status).toBe('COMPENSATING');
    story.completes('flight');
    expect(story.status).toBe('FAILED');
    expect(story.error?.code).toBe('BROKEN');
    expect(story.statuses).toEqual({
      flight: 'COMPENSATED',
      hotel: 'COMPENSATED',
      plain: 'COMPLETED',
      car: 'COMPENSATED',
      pay: 'FAILED',
    });
    expect(story.step('flight').output).toBe('flight done');
    expect(story.dispatched.slice(5)).toEqual(['car#2.1', 'hotel#2.1', 'flight#2.1']);
    expect(story.notices.slice(-2)).toEqual(['compensated', 'failed']);
  });

  it('leaves everything as it is with onFailure: leave', () => {
    const story = failing(`name: Story\nonFailure: leave\ndag:\n  nodes:\n${booking.trim().replace(/^/gm, '    ')}`);
    expect(story.status).toBe('FAILED');
    expect(story.statuses).toMatchObject({ flight: 'COMPLETED', car: 'COMPLETED' });
  });

  it('retries an undo by the node’s policy, and with the same key where the outcome is unknown', () => {
    const story = failing().completes('car').completes('hotel');
    const { generation } = story.step('flight');
    story.fails('flight', { retryable: true, definite: false });
    expect(story.step('flight')).toMatchObject({ status: 'COMPENSATING', attempt: 3, dispatch: 0, generation });
    story.timerFires('retry', 'flight');
    expect(story.step('flight')).toMatchObject({ attempt: 3, dispatch: 1, generation });
    story.completes('flight');
    expect(story.status).toBe('FAILED');
  });

  it('counts an undo that was done by an attempt given up', () => {
    const story = failing().completes('car').completes('hotel').fails('flight', { retryable: true });
    story.completes('flight', null, { attempt: 2 });
    expect(story.status).toBe('FAILED');
    expect(story.statusOf('flight')).toBe('COMPENSATED');
  });

  it('goes on past an undo that fails, and stays COMPENSATING until an operator has it tried again', () => {
    const story = failing().fails('car');
    expect(story.statuses).toMatchObject({ car: 'COMPENSATION_FAILED', hotel: 'COMPENSATING' });
    story.completes('hotel').completes('flight');
    expect(story.status).toBe('COMPENSATING');
    expect(story.step('car').error).toMatchObject({ code: 'BROKEN', path: 'car' });
    story.commands({ kind: 'retry_compensation', path: 'hotel' });
    expect(story.ignored).toEqual(['wrong_state']);
    story.commands({ kind: 'retry_compensation', path: 'car', reason: 'the garage is open again' });
    expect(story.step('car')).toMatchObject({ status: 'COMPENSATING', attempt: 3, generation: 2 });
    story.completes('car');
    expect(story.status).toBe('FAILED');
    expect(story.history('car')).toContain('command.retry_compensation');
  });

  it('ends once an operator has waived what cannot be undone', () => {
    const story = failing().fails('car').completes('hotel').completes('flight');
    story.commands({ kind: 'waive_compensation', path: 'car', reason: 'called the garage' });
    expect(story.status).toBe('FAILED');
    expect(story.step('car')).toMatchObject({
      status: 'COMPENSATION_FAILED',
      undo: { waived: { by: 'user:ann', reason: 'called the garage' } },
    });
  });

  it('takes no undo that waits for a token', () => {
    expect(failing().defers('car').step('car')).toMatchObject({
      status: 'COMPENSATION_FAILED',
      error: { code: 'UNDO_DEFERRED' },
    });
  });

  it('sends an undo again when its message is lost', () => {
    const story = failing().loses('car');
    expect(story.dispatched.at(-1)).toBe('car#2.2');
    expect(story.completes('car').statusOf('hotel')).toBe('COMPENSATING');
  });

  it('does not undo what failed, or what only took its error as outcome', () => {
    const story = given(`
- { id: a, handler: work, retry: { retries: 0 }, onError: continue, compensate: { handler: work } }
- { id: b, handler: work, dependencies: [a], compensate: { handler: work } }`);
    story.fails('a').fails('b');
    expect(story.status).toBe('FAILED');
  });

  it('does not undo anything when it is cancelled without compensation', () => {
    const story = given(booking).completes('flight').isCancelled({ compensate: false });
    expect(story.status).toBe('CANCELLED');
    expect(story.statusOf('flight')).toBe('COMPLETED');
  });

  it('undoes what an event announced by another event, at once', () => {
    const story = given(`
- { id: tell, handler: emit_event, config: { type: docs.published }, compensate: { handler: emit_event, config: { type: docs.withdrawn, data: "{{ tell.output.id }}" } } }
- { id: next, handler: work, dependencies: [tell] }`).fails('next');
    expect(story.status).toBe('FAILED');
    expect(story.statusOf('tell')).toBe('COMPENSATED');
    expect(story.latest).toContainEqual(
      expect.objectContaining({ kind: 'emit_event', id: 'e1:tell:1:undo', type: 'docs.withdrawn', data: 'e1:tell' }),
    );
  });

  it('does it for its own timeout and for `fail` too', () => {
    const timed = given(`name: Story\ntimeout: 1m\ndag:\n  nodes:\n${booking.trim().replace(/^/gm, '    ')}`, {
      input: { who: 'x' },
    });
    timed.completes('flight').timerFires('execution_timeout');
    expect(timed.status).toBe('COMPENSATING');
    timed.happens({ kind: 'withdrawn', dispatch: { executionId: 'e1', scope: '', node: 'hotel', attempt: 1, dispatch: 1 } });
    expect(timed.completes('flight').status).toBe('TIMED_OUT');
    const failed = given(`
- { id: a, handler: work, compensate: { handler: work } }
- { id: end, handler: fail, dependencies: [a], config: { code: NO_MORE } }`).completes('a');
    expect(failed.status).toBe('COMPENSATING');
    expect(failed.completes('a').error?.code).toBe('NO_MORE');
  });
});

describe('an attempt in flight when the end is near', () => {
  const parallel = `
- { id: done, handler: work, compensate: { handler: work } }
- { id: slow, handler: work, compensate: { handler: work, config: { what: "{{ default(slow.output, 'unknown') }}" } } }
- { id: bad, handler: work }`;
  const inFlight = () => given(parallel).completes('done').starts('slow').fails('bad');

  it('is waited for, and undone first when it turns out to have completed', () => {
    const story = inFlight();
    expect(story.status).toBe('COMPENSATING');
    expect(story.statuses).toEqual({ done: 'COMPLETED', slow: 'CANCELLED', bad: 'FAILED' });
    story.completes('slow', 'late');
    expect(story.statuses).toMatchObject({ slow: 'COMPENSATING', done: 'COMPLETED' });
    expect(undoOf(story.latest)).toMatchObject([{ path: 'slow', undo: { config: { what: 'late' }, outcomeUnknown: false } }]);
    expect(story.completes('slow').completes('done').status).toBe('FAILED');
  });

  it('needs no undo when it failed', () => {
    const story = inFlight().fails('slow');
    expect(story.statuses).toMatchObject({ slow: 'CANCELLED', done: 'COMPENSATING' });
  });

  it('is undone, and told so, when nobody knows what it came to', () => {
    for (const story of [
      inFlight().fails('slow', { code: 'ABORTED', definite: false }),
      inFlight().timerFires('outcome', 'slow'),
    ]) {
      expect(undoOf(story.latest)).toMatchObject([{ path: 'slow', undo: { config: { what: 'unknown' }, outcomeUnknown: true } }]);
      expect(story.completes('slow').completes('done').status).toBe('FAILED');
    }
  });

  it('needs no undo when its task was still in the queue', () => {
    const story = given(parallel).completes('done').fails('bad');
    story.happens({ kind: 'withdrawn', dispatch: { executionId: 'e1', scope: '', node: 'slow', attempt: 1, dispatch: 1 } });
    expect(story.statuses).toMatchObject({ slow: 'CANCELLED', done: 'COMPENSATING' });
  });

  it('is not waited for when nothing would undo it', () => {
    expect(given(parallel).completes('done').starts('slow').isCancelled({ compensate: false }).status).toBe('CANCELLED');
  });

  it('is waited for no more when an operator cancels without compensation meanwhile', () => {
    const story = given(`${parallel}
- { id: clean, handler: work, join: settled, dependencies: [bad] }`);
    story.completes('done').starts('slow').fails('bad');
    expect(story.statuses).toMatchObject({ slow: 'CANCELLED', clean: 'QUEUED' });
    story.isCancelled({ compensate: false });
    expect(story.status).toBe('FAILED');
    expect(story.statusOf('done')).toBe('COMPLETED');
    expect(story.timers.size).toBe(0);
  });

  it('is undone when an earlier attempt timed out, whatever the last one said', () => {
    const story = given(`- { id: a, handler: work, retry: { retries: 1 }, compensate: { handler: work } }`);
    story.fails('a', { code: 'TIMEOUT', retryable: true, definite: false }).timerFires('retry', 'a').fails('a');
    expect(story.step('a')).toMatchObject({ status: 'COMPENSATING', attempt: 3 });
    expect(story.completes('a').status).toBe('FAILED');
  });
});
