import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { ChildEndNeeded, ChildStartNeeded } from './steps-needed.ts';

const parent = (fields = '', config = '{ workflow: billing, input: { n: "{{ input.n }}" } }') =>
  given(
    `
- { id: bill, handler: sub_workflow, ${fields} config: ${config} }
- { id: after, handler: aggregate, dependencies: [bill], config: { got: "{{ bill.output }}" } }`,
    { input: { n: 7 } },
  );
const cancelled = (story: ReturnType<typeof parent>) =>
  story.effects.flatMap((effect) => (effect.kind === 'cancel_child' ? [effect.executionId] : []));

describe('a sub-workflow', () => {
  it('has its child started after the commit, once, and waits for it', () => {
    const story = parent();
    expect(story.step('bill')).toMatchObject({ status: 'WAITING', waitingFor: 'billing to start' });
    expect(() => story.timerFires('child_start', 'bill')).toThrow(ChildStartNeeded);
    story.startsChild('bill');
    expect(story.step('bill')).toMatchObject({
      status: 'WAITING',
      waitingFor: 'execution child of bill',
      config: { workflow: 'billing', input: { n: 7 }, wait: true, executionId: 'child of bill' },
    });
    expect(story.timers.size).toBe(0);
  });

  it('asks for its child under a key that stays the same', () => {
    const needs = () => {
      try {
        parent().timerFires('child_start', 'bill');
      } catch (error) {
        return error as ChildStartNeeded;
      }
      throw new Error('it needs to have its child started');
    };
    expect(needs()).toMatchObject({ startKey: 'e1:bill:1', path: 'bill', child: { workflow: 'billing', input: { n: 7 } } });
    expect(needs().startKey).toBe(needs().startKey);
  });

  it("takes the child's output for its own", () => {
    const story = parent()
      .startsChild('bill')
      .endsChild('bill', { status: 'COMPLETED', output: { total: 9 } });
    expect(story.output).toEqual({ got: { total: 9 } });
  });

  it('fails with the cause when the child does not complete', () => {
    const error = { code: 'NO_MONEY', message: 'the account is empty', path: 'charge' };
    const story = parent().startsChild('bill').endsChild('bill', { status: 'FAILED', error });
    expect(story.error).toMatchObject({
      code: 'CHILD_FAILED',
      message: 'billing is FAILED: the account is empty',
      path: 'bill',
      details: { executionId: 'child of bill', status: 'FAILED', cause: error },
    });
  });

  it('fails when the child cannot be started', () => {
    const error = { code: 'UNKNOWN_WORKFLOW', message: 'there is no definition billing' };
    expect(parent().startsChild('bill', { error }).error).toMatchObject(error);
  });

  it('does not wait where it is told so', () => {
    const story = parent('', '{ workflow: billing, wait: false }').startsChild('bill');
    expect(story.output).toEqual({ got: { executionId: 'child of bill' } });
  });

  it('notices an end that comes before it knows of the start', () => {
    const story = parent();
    expect(() => story.endsChild('bill', {}) && undefined).not.toThrow();
    expect(story.ignored).toEqual(['stale_timer']);
    story.endsChild('bill', { status: 'COMPLETED', output: 1 });
    expect(story.output).toEqual({ got: 1 });
    expect(story.timers.size).toBe(0);
  });

  it('needs to be told how the child ended', () => {
    const story = parent().startsChild('bill');
    const timer = { executionId: 'e1', scope: '', node: 'bill', kind: 'child_end' as const, attempt: 1, dueAt: story.now };
    expect(() => story.happens({ kind: 'timer', timer })).toThrow(ChildEndNeeded);
  });

  it('has its child cancelled when it is over before that', () => {
    const stopped = parent().startsChild('bill').isCancelled();
    expect(cancelled(stopped)).toEqual(['child of bill']);
    const late = parent('deadline: 1m,').startsChild('bill').timerFires('deadline', 'bill');
    expect(cancelled(late)).toEqual(['child of bill']);
    const ended = parent().startsChild('bill').endsChild('bill', { status: 'FAILED' });
    expect(cancelled(ended)).toEqual([]);
  });

  it('never starts a child for a step that was cancelled before', () => {
    const story = parent().isCancelled();
    expect(story.timers.size).toBe(0);
    expect(cancelled(story)).toEqual([]);
  });

  it('refuses a configuration that makes no sense once it is resolved', () => {
    expect(parent('', '{ workflow: "{{ input.n }}" }').error).toMatchObject({ code: 'INVALID_CONFIG', path: 'bill' });
    expect(parent('', '{ workflow: x, version: "{{ 0 - 1 }}" }').error).toMatchObject({ code: 'INVALID_CONFIG' });
  });
});

describe('a child', () => {
  it('tells its parent in the transaction in which it ends', () => {
    const parentStep = { executionId: 'p1', path: 'each[3]/bill' };
    const story = given('- { id: only, handler: work }', { parent: parentStep });
    expect(story.latest.some((effect) => effect.kind === 'set_timer')).toBe(false);
    story.completes('only');
    expect(story.latest).toContainEqual({
      kind: 'set_timer',
      timer: { executionId: 'p1', scope: 'each[3]', node: 'bill', kind: 'child_end', attempt: 1, dueAt: story.now },
    });
  });
});
