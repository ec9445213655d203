import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { rootView, scopeAt } from './scope-view.ts';

const map = (fields: string, nodes = '[{ id: do, handler: work, config: { x: "{{ item }}" } }]') => `
- { id: each, handler: map, items: "{{ input.xs }}", ${fields} nodes: ${nodes} }
- { id: after, handler: aggregate, dependencies: [each], config: { got: "{{ each.output }}" } }`;

describe('a group', () => {
  const group = (fields = '') => `
- { id: before, handler: work }
- id: g
  handler: group
  dependencies: [before]
  ${fields}
  nodes:
    - { id: a, handler: work, config: { from: "{{ before.output }}" } }
    - { id: b, handler: work }
    - { id: c, handler: work, dependencies: [a] }
- { id: after, handler: aggregate, dependencies: [g], config: { got: "{{ g.output }}" } }`;

  it('runs its steps at paths of its own, sees what is around it, and gives its leaves by id', () => {
    const story = given(group()).completes('before', 7);
    expect(story.statusOf('g')).toBe('RUNNING');
    expect(story.step('g/a').config).toEqual({ from: 7 });
    story.completes('g/a').completes('g/b', 2).completes('g/c', 3);
    expect(story.status).toBe('COMPLETED');
    expect(story.output).toEqual({ got: { b: 2, c: 3 } });
    expect(story.dispatched).toEqual(['before#1.1', 'g/a#1.1', 'g/b#1.1', 'g/c#1.1']);
  });

  it('lets all finish before it fails, with the error of the step and where that was', () => {
    const story = given(group()).completes('before').fails('g/a');
    expect(story.statusOf('g')).toBe('RUNNING');
    expect(story.statusOf('g/c')).toBe('SKIPPED');
    story.completes('g/b');
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'BROKEN', path: 'g/a' });
    expect(story.statusOf('g')).toBe('FAILED');
  });

  it('stops the others at the first failure where its strategy is fail_fast', () => {
    const story = given(group('strategy: fail_fast')).completes('before').fails('g/a');
    expect(story.withdrawn).toEqual(['g/b']);
    expect(story.statusOf('g/b')).toBe('CANCELLED');
    expect(story.status).toBe('FAILED');
  });

  it('does without failed leaves where its strategy is best_effort, and fails when none succeeded', () => {
    const some = given(group('strategy: best_effort')).completes('before').fails('g/a').completes('g/b', 2);
    expect(some.output).toEqual({ got: { b: 2 } });
    const none = given(group('strategy: best_effort')).completes('before').fails('g/a').fails('g/b');
    expect(none.status).toBe('FAILED');
  });

  it('takes the first leaf that succeeds in a race, and stops the others', () => {
    const story = given(group('strategy: race')).completes('before').completes('g/b', 'fast');
    expect(story.output).toEqual({ got: { b: 'fast' } });
    expect(story.withdrawn).toEqual(['g/a']);
    const lost = given(group('strategy: race')).completes('before').fails('g/b').completes('g/a').fails('g/c');
    expect(lost.status).toBe('FAILED');
  });

  it('has no more steps under way than it may', () => {
    const story = given(group('maxConcurrency: 1')).completes('before');
    expect([story.statusOf('g/a'), story.statusOf('g/b')]).toEqual(['QUEUED', 'PENDING']);
    story.completes('g/a');
    expect(['g/b', 'g/c'].filter((path) => story.statusOf(path) === 'QUEUED')).toHaveLength(1);
    story.completes('g/b').completes('g/c');
    expect(story.status).toBe('COMPLETED');
  });

  it('is cancelled with all that is inside, however deep', () => {
    const story = given(`
- id: g
  handler: group
  nodes:
    - id: inner
      handler: group
      nodes: [{ id: x, handler: work }, { id: y, handler: delay, config: { for: 1h } }]`);
    story.isCancelled();
    expect(story.status).toBe('CANCELLED');
    expect(story.withdrawn).toEqual(['g/inner/x']);
    expect(story.statusOf('g/inner/y')).toBe('CANCELLED');
  });

  it('absorbs a failure by an edge or by onError, inside as at the root', () => {
    const story = given(`
- id: g
  handler: group
  nodes:
    - { id: a, handler: work }
    - { id: h, handler: work, dependencies: [{ node: a, on: failure }] }`);
    story.fails('g/a').completes('g/h', 'mended');
    expect(story.output).toEqual({ h: 'mended' });
  });

  it('does its clean-up work although it is failing', () => {
    const story = given(`
- id: g
  handler: group
  strategy: fail_fast
  nodes:
    - { id: a, handler: work }
    - { id: tidy, handler: work, dependencies: [a], join: settled }`);
    story.fails('g/a');
    expect(story.statusOf('g')).toBe('RUNNING');
    story.completes('g/tidy');
    expect(story.status).toBe('FAILED');
  });

  it('is over when its deadline is, with all that is inside', () => {
    const story = given(`
- { id: g, handler: group, deadline: 1m, onError: continue, nodes: [{ id: a, handler: work }] }`);
    story.timerFires('deadline', 'g');
    expect(story.withdrawn).toEqual(['g/a']);
    expect(story.output).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('ends the execution by a fail node, wherever that stands', () => {
    const story = given(`
- id: g
  handler: group
  onError: continue
  nodes: [{ id: stop, handler: fail, config: { code: NO, message: no } }, { id: b, handler: work }]`);
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'NO', path: 'g/stop' });
  });
});

describe('a map', () => {
  it('runs its body for each item and gives the values in the order of the items', () => {
    const story = given(map(''), { input: { xs: ['p', 'q'] } });
    expect(story.step('each[1]/do').config).toEqual({ x: 'q' });
    story.completes('each[1]/do', 2).completes('each[0]/do', 1).timerFires('map', 'each');
    expect(story.output).toEqual({ got: [1, 2] });
  });

  it('goes through an object by name, and gives an object', () => {
    const nodes = '[{ id: do, handler: work, config: { x: "{{ index }}={{ item }}" } }]';
    const story = given(map('', nodes), { input: { xs: { a: 1, b: 2 } } });
    expect(story.step('each[1]/do').config).toEqual({ x: 'b=2' });
    story.completes('each[0]/do', 10).completes('each[1]/do', 20).timerFires('map', 'each');
    expect(story.output).toEqual({ got: { a: 10, b: 20 } });
  });

  it('is empty where there is nothing to go through', () => {
    expect(given(map(''), { input: { xs: [] } }).output).toEqual({ got: [] });
    expect(given(map(''), { input: { xs: {} } }).output).toEqual({ got: {} });
    expect(given(map('filter: item > 5,'), { input: { xs: [1, 2] } }).output).toEqual({ got: [] });
  });

  it('leaves out what the filter does not want, and keeps the original index', () => {
    const story = given(map('filter: item > 1 && index < 3 && size(items) == 4,'), { input: { xs: [1, 2, 3, 4] } });
    expect(story.dispatched).toEqual(['each[1]/do#1.1', 'each[2]/do#1.1']);
    story.completes('each[1]/do', 'b').completes('each[2]/do', 'c').timerFires('map', 'each');
    expect(story.output).toEqual({ got: ['b', 'c'] });
  });

  it('has no more items under way than it may, and one at a time in sequence', () => {
    const story = given(map('mode: sequential,'), { input: { xs: [1, 2] } });
    expect(story.dispatched).toEqual(['each[0]/do#1.1']);
    story.completes('each[0]/do');
    expect(story.dispatched).toEqual(['each[0]/do#1.1', 'each[1]/do#1.1']);
    const wide = given(map('maxConcurrency: 2,'), { input: { xs: [1, 2, 3] } });
    expect(wide.dispatched).toHaveLength(2);
  });

  it('calls its item as it is told, also in maps inside it', () => {
    const story = given(
      `
- id: rows
  handler: map
  items: "{{ input.rows }}"
  itemName: row
  indexName: y
  nodes:
    - id: cells
      handler: map
      items: "{{ row }}"
      nodes: [{ id: cell, handler: aggregate, config: { at: "{{ y }},{{ index }}", of: "{{ size(row) }}", is: "{{ item }}" } }]`,
      { input: { rows: [['a', 'b']] } },
    );
    story.timerFires('map', 'rows[0]/cells').timerFires('map', 'rows');
    expect(story.output).toEqual([
      [
        { at: '0,0', of: 2, is: 'a' },
        { at: '0,1', of: 2, is: 'b' },
      ],
    ]);
  });

  it('lets all finish and fails, or stops at once, or does without, by its strategy', () => {
    const input = { xs: [1, 2] };
    const waits = given(map(''), { input }).fails('each[0]/do');
    expect(waits.statusOf('each[1]/do')).toBe('QUEUED');
    waits.completes('each[1]/do');
    expect(waits.error).toMatchObject({ code: 'BROKEN', path: 'each[0]/do' });
    const fast = given(map('strategy: fail_fast,'), { input }).fails('each[0]/do');
    expect(fast.withdrawn).toEqual(['each[1]/do']);
    expect(fast.status).toBe('FAILED');
    const best = given(map('strategy: best_effort,'), { input }).fails('each[0]/do').completes('each[1]/do', 2);
    expect(best.timerFires('map', 'each').output).toEqual({ got: [null, 2] });
    const none = given(map('strategy: best_effort,'), { input }).fails('each[0]/do').fails('each[1]/do');
    expect(none.status).toBe('FAILED');
    const race = given(map('strategy: race,'), { input }).completes('each[1]/do', 2);
    expect(race.withdrawn).toEqual(['each[0]/do']);
    expect(race.timerFires('map', 'each').output).toEqual({ got: [null, 2] });
  });

  it('begins with a thousand items in one decision, and with the rest in the next ones', () => {
    const xs = Array.from({ length: 2_500 }, (_, index) => index);
    const nodes = '[{ id: do, handler: aggregate, config: { n: "{{ item }}" } }]';
    const story = given(map('', nodes), { input: { xs } });
    const begun = () => [...story.state.steps.keys()].filter((path) => path.endsWith(']/')).length;
    expect(begun()).toBe(1_000);
    story.timerFires('map', 'each');
    expect(begun()).toBe(2_000);
    story.timerFires('map', 'each').timerFires('map', 'each');
    expect(story.output).toEqual({ got: xs.map((n) => ({ n })) });
  });

  it('refuses what cannot be gone through', () => {
    expect(given(map(''), { input: { xs: 'text' } }).error).toMatchObject({ code: 'INVALID_CONFIG', path: 'each' });
    expect(given(map('filter: item,'), { input: { xs: [1] } }).error).toMatchObject({ code: 'EXPRESSION_FAILED' });
  });
});

describe('the scope at a path', () => {
  it('is found through groups and items, and nowhere else', () => {
    const { plan } = given(map('', '[{ id: g, handler: group, nodes: [{ id: x, handler: work }] }]'), { input: { xs: [] } });
    expect(scopeAt(plan, '')).toEqual(rootView(plan));
    expect(scopeAt(plan, 'each[12]/g')).toMatchObject({ path: 'each[12]/g', owner: { path: 'each[12]/g' }, index: null });
    for (const path of ['each', 'each[x]', 'each[0]/x', 'nobody', 'each[0]/g[1]', '/', 'each[0]/']) {
      expect(scopeAt(plan, path)).toBeUndefined();
    }
  });
});
