import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { waitOf } from './wait-record.ts';

const approval = `
- { id: approval, handler: wait_for_signal, config: { name: approve, timeout: 2h } }
- { id: ship, handler: work, dependencies: [{ node: approval, on: received }], config: { by: "{{ approval.output.payload.by }}" } }
`;

describe('wait_for_signal', () => {
  it('waits until the signal comes, and gives its payload and time', () => {
    const story = given(approval);
    expect(story.step('approval')).toMatchObject({
      status: 'WAITING',
      waitingFor: 'the signal approve',
      config: { name: 'approve' },
    });
    story.passes(60_000).isSignalled('approve', { by: 'ann' });
    expect(story.step('approval')).toMatchObject({
      status: 'COMPLETED',
      branch: 'received',
      output: { payload: { by: 'ann' }, receivedAt: '2026-01-01T00:01:00.000Z' },
    });
    expect(story.step('ship').config).toEqual({ by: 'ann' });
    expect(story.timers.size).toBe(0);
    expect(story.state.signals).toEqual([]);
  });

  it('takes a signal that came earlier, the oldest first, each once', () => {
    const story = given(`
- { id: first, handler: work }
- { id: one, handler: wait_for_signal, dependencies: [first], config: { name: go } }
- { id: two, handler: wait_for_signal, dependencies: [one], config: { name: go } }
- { id: three, handler: wait_for_signal, dependencies: [two], config: { name: go } }
`);
    story.isSignalled('go', 1).isSignalled('stop', 'nobody waits for this').isSignalled('go', 2);
    expect(story.state.signals?.map(({ payload }) => payload)).toEqual([1, 'nobody waits for this', 2]);
    story.completes('first');
    expect(story.step('one').output).toMatchObject({ payload: 1 });
    expect(story.step('two').output).toMatchObject({ payload: 2 });
    expect(story.statusOf('three')).toBe('WAITING');
    story.isSignalled('go', 3);
    expect(story.status).toBe('COMPLETED');
    expect(story.state.signals).toEqual([]);
  });

  it('leaves a signal that does not meet the condition for others, and so one that the condition cannot judge', () => {
    const story = given(`
- { id: large, handler: wait_for_signal, config: { name: offer, condition: signal.amount > 100 } }
- { id: late, handler: work }
- { id: any, handler: wait_for_signal, dependencies: [late], config: { name: offer } }
`);
    story.isSignalled('offer', { amount: 50 }).isSignalled('offer', 'no amount').isSignalled('offer', { amount: 500 });
    expect(story.step('large').output).toMatchObject({ payload: { amount: 500 } });
    expect(story.state.signals).toHaveLength(2);
    story.completes('late');
    expect(story.step('any').output).toMatchObject({ payload: { amount: 50 } });
  });

  it('gives a signal to the step that has waited longest, and to that one only', () => {
    const story = given(`
- { id: late, handler: wait_for_signal, dependencies: [work], config: { name: go } }
- { id: work, handler: work }
- { id: early, handler: wait_for_signal, config: { name: go } }
`);
    story.passes(1_000).completes('work').passes(1_000).isSignalled('go');
    expect([story.statusOf('early'), story.statusOf('late')]).toEqual(['COMPLETED', 'WAITING']);
  });

  it('takes the branch timeout where an edge asks for it', () => {
    const story = given(`${approval}- { id: remind, handler: work, dependencies: [{ node: approval, on: timeout }] }`);
    story.timerFires('wait_timeout', 'approval');
    expect(story.now - story.startedAt).toBe(7_200_000);
    expect(story.step('approval')).toMatchObject({ branch: 'timeout', output: { payload: null, receivedAt: null } });
    expect(story.statuses).toMatchObject({ ship: 'SKIPPED', remind: 'QUEUED' });
  });

  it.each(['success', 'received'])('fails with WAIT_TIMEOUT when the edge behind it asks for %s', (on) => {
    const story = given(approval.replace('on: received', `on: ${on}`)).timerFires('wait_timeout', 'approval');
    expect(story.step('approval').error).toMatchObject({ code: 'WAIT_TIMEOUT', path: 'approval' });
    expect(story.status).toBe('FAILED');
  });

  it('ignores a timeout that comes after the signal', () => {
    const story = given(approval);
    const timer = story.timers.get('approval wait_timeout')!;
    story.isSignalled('approve', { by: 'ann' }).happens({ kind: 'timer', timer });
    expect(story.ignored).toEqual(['stale_timer']);
  });

  it('fails with INVALID_CONFIG when a template makes no name or no timeout', () => {
    const wait = (config: string) => given(`- { id: w, handler: wait_for_signal, config: ${config} }`, { input: { n: 7 } });
    expect(wait('{ name: "{{ input.n }}" }').error).toMatchObject({ code: 'INVALID_CONFIG' });
    expect(wait('{ name: go, timeout: "{{ input.n * -1 }}" }').error).toMatchObject({ code: 'INVALID_CONFIG' });
    expect(wait('{ name: "go {{ input.n }}", timeout: "{{ input.n }}" }').step('w').waitingFor).toBe('the signal go 7');
  });

  it('stops waiting when the execution is cancelled, and drops what was kept', () => {
    const story = given(approval).isSignalled('other', 1);
    expect(story.state.signals).toHaveLength(1);
    story.isCancelled();
    expect(story.statusOf('approval')).toBe('CANCELLED');
    expect([story.state.signals, story.timers.size]).toEqual([[], 0]);
    story.isSignalled('approve');
    expect(story.ignored).toEqual(['execution_terminal']);
  });

  it('keeps nothing where the definition waits for no signal, and tells so in the history', () => {
    const story = given('- { id: only, handler: work }').isSignalled('go');
    expect(story.state.signals).toEqual([]);
    expect(story.effects).toContainEqual(
      expect.objectContaining({
        entry: expect.objectContaining({ type: 'command.signal', by: 'user:ann', data: { name: 'go', kept: false } }),
      }),
    );
  });

  it('is on record as waiting for that signal, for as long as it waits', () => {
    const story = given(approval);
    expect(waitOf(story.plan, story.step('approval'), 7)).toEqual({
      executionId: 'e1',
      scope: '',
      node: 'approval',
      kind: 'signal',
      name: 'approve',
      since: 7,
    });
    story.isSignalled('approve', { by: 'ann' });
    expect(waitOf(story.plan, story.step('approval'), 7)).toBeUndefined();
    story.defers('ship');
    expect(waitOf(story.plan, story.step('ship'), 7)).toMatchObject({ kind: 'task', name: 'work' });
  });
});
