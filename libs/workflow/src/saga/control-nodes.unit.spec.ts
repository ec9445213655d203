import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';

describe('input and output', () => {
  it('carry the input through an execution that is over as it starts', () => {
    const story = given(
      `
- { id: start, handler: input }
- { id: end, handler: output, dependencies: [start] }`,
      { input: { n: 7 } },
    );
    expect(story.status).toBe('COMPLETED');
    expect(story.output).toEqual({ n: 7 });
    expect(story.history()).toEqual(['execution.started', 'step.completed', 'step.completed', 'execution.completed']);
    expect(story.notices).toEqual(['started', 'step.completed start', 'step.completed end', 'completed']);
    expect(story.dispatched).toEqual([]);
  });

  it('give the outputs of the dependencies by id, leaving out what was skipped', () => {
    const story = given(`
- { id: a, handler: work }
- { id: b, handler: work, dependencies: [a], when: "false" }
- { id: c, handler: work }
- { id: end, handler: output, dependencies: [b, c] }`);
    story.completes('a').completes('c', 3);
    expect(story.output).toEqual({ c: 3 });
  });

  it('give what the template says', () => {
    const story = given(`
- { id: a, handler: work }
- { id: end, handler: output, dependencies: [a], config: { total: "{{ a.output.n * 2 }}", text: "n is {{ a.output.n }}" } }`);
    expect(story.completes('a', { n: 21 }).output).toEqual({ total: 42, text: 'n is 21' });
  });
});

describe('router', () => {
  const routed = (config: string, input: Record<string, never> | object) =>
    given(
      `
- { id: route, handler: router, config: ${config} }
- { id: express, handler: work, dependencies: [{ node: route, on: express }] }
- { id: slow, handler: work, dependencies: [{ node: route, on: slow }] }`,
      { input: input as never },
    );

  it('takes the route that its expression names', () => {
    const story = routed('{ route: input.kind }', { kind: 'express' });
    expect(story.step('route')).toMatchObject({ status: 'COMPLETED', branch: 'express', output: { route: 'express' } });
    expect(story.statuses).toEqual({ route: 'COMPLETED', express: 'QUEUED', slow: 'SKIPPED' });
    expect(story.why('slow', 'step.skipped')).toBe('route does not match: it completed with branch express');
  });

  it('takes the first route whose condition holds, else the default', () => {
    const config = '{ routes: [{ when: input.kg < 2, to: express }, { when: input.kg < 5, to: slow }], default: slow }';
    expect(routed(config, { kg: 1 }).step('route').branch).toBe('express');
    expect(routed(config, { kg: 3 }).step('route').branch).toBe('slow');
    expect(routed(config, { kg: 9 }).step('route').branch).toBe('slow');
  });

  it('takes the default where nobody takes the route that its expression names', () => {
    const story = routed('{ route: input.kind, default: slow }', { kind: 'by sea' });
    expect(story.statuses).toEqual({ route: 'COMPLETED', express: 'SKIPPED', slow: 'QUEUED' });
    expect(routed('{ route: input.kind, default: slow }', { kind: 'express' }).step('route').branch).toBe('express');
  });

  it('fails with NO_ROUTE and names the routes', () => {
    const story = routed('{ routes: [{ when: input.kg < 2, to: express }, { when: input.kg < 5, to: slow }] }', { kg: 9 });
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'NO_ROUTE', path: 'route', message: expect.stringContaining('express, slow') });
    const empty = routed('{ route: input.kind }', { kind: null });
    expect(empty.error).toMatchObject({ code: 'NO_ROUTE', message: expect.stringContaining('express, slow') });
  });

  it('skips everything behind a route that nobody takes', () => {
    const story = routed('{ route: input.kind }', { kind: 'by sea' });
    expect(story.statuses).toEqual({ route: 'COMPLETED', express: 'SKIPPED', slow: 'SKIPPED' });
    expect(story.status).toBe('COMPLETED');
  });
});

describe('evaluate_condition', () => {
  const conditions = (list: string, input: object, logic = 'and') =>
    given(
      `
- { id: check, handler: evaluate_condition, config: { logic: ${logic}, conditions: ${list} } }
- { id: yes, handler: work, dependencies: [{ node: check, on: "true" }] }
- { id: no, handler: work, dependencies: [{ node: check, on: "false" }] }`,
      { input: input as never },
    );
  const twoConditions =
    '[{ field: input.total, operator: greater_than, value: 100 }, { field: input.country, operator: in, value: [DE, AT] }]';

  it('holds when all of its conditions do', () => {
    const story = conditions(twoConditions, { total: 150, country: 'AT' });
    expect(story.step('check')).toMatchObject({ branch: 'true', output: { result: true } });
    expect(story.statuses).toMatchObject({ yes: 'QUEUED', no: 'SKIPPED' });
    expect(conditions(twoConditions, { total: 150, country: 'FR' }).step('check').branch).toBe('false');
  });

  it('holds with logic or when one does, and tells about each', () => {
    const story = conditions(twoConditions, { total: 150, country: 'FR' }, 'or');
    expect(story.step('check').output).toEqual({
      evaluated: [
        { field: 'input.total', operator: 'greater_than', actual: 150, expected: 100, result: true },
        { field: 'input.country', operator: 'in', actual: 'FR', expected: ['DE', 'AT'], result: false },
      ],
      result: true,
    });
  });

  it('takes what is missing for null where that is the question, and fails otherwise', () => {
    expect(conditions('[{ field: input.who, operator: is_null }]', {}).step('check').branch).toBe('true');
    expect(conditions('[{ field: input.who, operator: is_not_null }]', {}).step('check').branch).toBe('false');
    expect(conditions('[{ field: input.who, operator: equals, value: 1 }]', {}).error).toMatchObject({
      code: 'UNRESOLVED_REFERENCE',
      path: 'check',
    });
  });
});

describe('aggregate', () => {
  it('reshapes what came before, in the same decision', () => {
    const story = given(`
- { id: a, handler: work }
- { id: b, handler: work }
- { id: both, handler: aggregate, dependencies: [a, b], config: { sum: "{{ a.output + b.output }}", list: ["{{ a.output }}"] } }`);
    expect(story.completes('a', 1).completes('b', 2).output).toEqual({ sum: 3, list: [1] });
  });
});

describe('delay', () => {
  const delayed = (config: string, input: object = {}) =>
    given(`\n- { id: pause, handler: delay, config: ${config} }\n- { id: next, handler: work, dependencies: [pause] }`, {
      input: input as never,
    });

  it('waits for a duration, and tells when it fired', () => {
    const story = delayed('{ for: 90m }');
    expect(story.step('pause')).toMatchObject({ status: 'WAITING', waitingFor: 'until 2026-01-01T01:30:00.000Z' });
    story.timerFires('delay', 'pause');
    expect(story.step('pause').output).toEqual({ firedAt: '2026-01-01T01:30:00.000Z' });
    expect(story.statusOf('next')).toBe('QUEUED');
  });

  it.each([
    ['an ISO time', '"2026-01-01T00:00:30Z"'],
    ['an ISO time elsewhere', '"2026-01-01T01:00:30+01:00"'],
    ['an ISO time without a zone, which is UTC', '"2026-01-01T00:00:30"'],
    ['seconds since 1970', '1767225630'],
    ['milliseconds since 1970', '1767225630000'],
    ['a template', '"{{ input.at }}"'],
  ])('waits until %s', (_, until) => {
    const story = delayed(`{ until: ${until} }`, { at: '2026-01-01T00:00:30.000Z' });
    expect(story.timers.get('pause delay')?.dueAt).toBe(story.startedAt + 30_000);
  });

  it('is over at once when its time has passed', () => {
    const story = delayed('{ until: "2020-05-05" }');
    expect(story.step('pause')).toMatchObject({ status: 'COMPLETED', output: { firedAt: '2026-01-01T00:00:00.000Z' } });
    expect(story.timers.size).toBe(0);
  });

  it.each([
    ['{ for: "{{ input.x }}" }', 'a while'],
    ['{ for: "{{ input.x }}" }', -3],
    ['{ for: "{{ input.x }}" }', '99999999999999d'],
    ['{ until: "{{ input.x }}" }', 'tomorrow'],
    ['{ until: "{{ input.x }}" }', '2026-13-45'],
    ['{ until: "{{ input.x }}" }', null],
    ['{ until: "{{ input.x }}" }', 1e300],
  ])('fails on what is no time: %s with %p', (config, x) => {
    const story = delayed(config, { x });
    expect(story.error).toMatchObject({ code: 'INVALID_CONFIG', path: 'pause' });
  });

  it('can be cut short by a deadline', () => {
    const story = given('- { id: pause, handler: delay, config: { for: 2h }, deadline: 1h }').timerFires('deadline', 'pause');
    expect(story.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', path: 'pause' });
    expect(story.now - story.startedAt).toBe(3_600_000);
  });

  it('means nothing to a worker: no result settles it', () => {
    const story = delayed('{ for: 90m }').completes('pause').fails('pause').starts('pause').loses('pause');
    expect(story.ignored).toEqual(['wrong_state', 'wrong_state', 'wrong_state', 'stale_dispatch']);
  });

  it('is cancelled with its execution', () => {
    const story = delayed('{ for: 90m }').isCancelled();
    expect(story.statuses).toEqual({ pause: 'CANCELLED', next: 'CANCELLED' });
    expect(story.withdrawn).toEqual([]);
  });
});

describe('emit_event', () => {
  it('publishes one event whose id stays the same', () => {
    const story = given(
      `- { id: tell, handler: emit_event, config: { type: orders.placed, subject: "{{ input.id }}", data: { id: "{{ input.id }}" } } }`,
      { input: { id: 'o7' } },
    );
    expect(story.effects).toContainEqual({
      kind: 'emit_event',
      id: 'e1:tell',
      type: 'orders.placed',
      subject: 'o7',
      data: { id: 'o7' },
      at: story.startedAt,
    });
    expect(story.output).toEqual({ id: 'e1:tell' });
  });

  it.each(['', 'orders..placed', 'orders.>', 'a b', 5])('fails on a type that is no subject: %p', (type) => {
    const story = given(`- { id: tell, handler: emit_event, config: { type: "{{ input.type }}" } }`, { input: { type } });
    expect(story.error).toMatchObject({ code: 'INVALID_CONFIG', path: 'tell' });
    expect(story.effects.filter(({ kind }) => kind === 'emit_event')).toEqual([]);
  });
});

describe('fail', () => {
  it('ends the execution with its code and message', () => {
    const story = given(
      `
- { id: other, handler: work }
- { id: stop, handler: fail, dependencies: [other], config: { code: OUT_OF_STOCK, message: "no {{ other.output }} left" } }
- { id: mend, handler: work, dependencies: [{ node: stop, on: failure }] }`,
    ).completes('other', 'tea');
    expect(story.status).toBe('FAILED');
    expect(story.error).toEqual({ code: 'OUT_OF_STOCK', message: 'no tea left', path: 'stop' });
    expect(story.statusOf('mend')).toBe('CANCELLED');
  });

  it('needs no configuration', () => {
    expect(given('- { id: stop, handler: fail }').error).toMatchObject({ code: 'WORKFLOW_FAILED' });
  });
});
