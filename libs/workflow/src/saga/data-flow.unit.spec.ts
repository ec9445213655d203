import { describe, expect, it } from '@jest/globals';
import { given, planFrom } from '../../test/definition.ts';
import { Story } from '../../test/story.ts';
import { ClaimCheckNeeded } from '../expression/expression.ts';
import { executionResults, listSteps } from './reading-state.ts';

const flaky = { code: 'FLAKY', retryable: true };

describe('what a step is given', () => {
  it('is resolved from the input and from what came before, and recorded', () => {
    const story = given(
      `
- { id: fetch-data, handler: work, config: { url: "https://example.org/{{ input.id }}" } }
- id: use
  handler: work
  dependencies: [fetch-data]
  config:
    rows: "{{ nodes['fetch-data'].output.rows }}"
    tries: "{{ nodes['fetch-data'].attempt }}"
    run: "{{ execution.id }} of {{ execution.workflow }} v{{ execution.version }} at {{ execution.startedAt }}"`,
      { input: { id: 7 } },
    );
    expect(story.step('fetch-data').config).toEqual({ url: 'https://example.org/7' });
    story
      .fails('fetch-data', flaky)
      .timerFires('retry', 'fetch-data')
      .completes('fetch-data', { rows: [1, 2] });
    expect(story.step('use').config).toEqual({ rows: [1, 2], tries: 2, run: 'e1 of story v1 at 2026-01-01T00:00:00.000Z' });
  });

  it('stays what it was when the step is tried again', () => {
    const story = given(`
- { id: a, handler: work }
- { id: b, handler: work }
- { id: c, handler: work, join: any, dependencies: [a, b], config: { b: "{{ default(b.output, 'nothing yet') }}" } }`);
    story.completes('a').fails('c', flaky).completes('b', 'much').timerFires('retry', 'c');
    expect(story.step('c')).toMatchObject({ attempt: 2, config: { b: 'nothing yet' } });
  });

  it('is never parsed for templates again', () => {
    const story = given(
      `
- { id: a, handler: work, config: { text: "{{ input.text }}" } }
- { id: b, handler: work, dependencies: [a], config: { text: "{{ a.output }}" } }`,
      { input: { text: '{{ execution.id }}' } },
    );
    story.completes('a', '{{ input.text }}');
    expect(story.step('a').config).toEqual({ text: '{{ execution.id }}' });
    expect(story.step('b').config).toEqual({ text: '{{ input.text }}' });
  });

  it('has secrets as marked places only, with each dispatch', () => {
    const story = given(`
- { id: call, handler: work, config: { headers: { authorization: "Bearer {{ secrets.API_KEY }}" } } }`);
    const slots = [{ pointer: '/headers/authorization', parts: ['Bearer ', { secret: 'API_KEY' }] }];
    expect(story.latest).toContainEqual(expect.objectContaining({ kind: 'dispatch', path: 'call', secrets: slots }));
    expect(story.step('call').config).toEqual({ headers: { authorization: 'Bearer [secret API_KEY]' } });
    story.loses('call');
    expect(story.latest).toContainEqual(expect.objectContaining({ kind: 'dispatch', secrets: slots }));
    story.fails('call', flaky).timerFires('retry', 'call');
    expect(story.latest).toContainEqual(expect.objectContaining({ kind: 'dispatch', secrets: slots }));
  });

  it('fails the step for good when it cannot be resolved, naming the expression', () => {
    const story = given(`
- { id: a, handler: work }
- { id: b, handler: work, dependencies: [a], config: { x: "{{ a.output.missing }}" } }`).completes('a', {});
    expect(story.step('b')).toMatchObject({ status: 'FAILED', attempt: 0, dispatch: 0 });
    expect(story.error).toMatchObject({
      code: 'UNRESOLVED_REFERENCE',
      path: 'b',
      message: expect.stringContaining('a.output.missing'),
    });
    expect(story.dispatched).toEqual(['a#1.1']);
  });

  it('fails the step with EXPRESSION_FAILED when it makes no sense, which can be gone on from', () => {
    const story = given(`
- { id: a, handler: work }
- { id: b, handler: work, onError: continue, dependencies: [a], config: { x: "{{ a.output.n + 1 }}" } }
- { id: c, handler: work, dependencies: [{ node: b, on: error }], config: { code: "{{ b.output.code }}" } }`).completes('a', {
      n: null,
    });
    expect(story.step('b')).toMatchObject({ status: 'COMPLETED', branch: 'error' });
    expect(story.step('c').config).toEqual({ code: 'EXPRESSION_FAILED' });
  });

  it('shows the error of a failed step to who follows it', () => {
    const story = given(`
- { id: a, handler: work }
- { id: mend, handler: work, dependencies: [{ node: a, on: failure }], config: { code: "{{ a.error.code }}", of: "{{ a.error.path }}" } }`).fails(
      'a',
    );
    expect(story.step('mend').config).toEqual({ code: 'BROKEN', of: 'a' });
  });
});

describe('when', () => {
  const conditional = (when: string, input: object) =>
    given(`\n- { id: a, handler: work, when: "${when}" }\n- { id: b, handler: work, dependencies: [a] }`, {
      input: input as never,
    });

  it('lets a step run, or skips it and what hangs on it', () => {
    expect(conditional('has(input.go)', { go: 1 }).statuses).toEqual({ a: 'QUEUED', b: 'PENDING' });
    const skipped = conditional('has(input.go)', {});
    expect(skipped.statuses).toEqual({ a: 'SKIPPED', b: 'SKIPPED' });
    expect(skipped.why('a', 'step.skipped')).toBe('its condition is false: has(input.go)');
    expect(skipped.why('b', 'step.skipped')).toBe('every dependency was skipped');
    expect(skipped.status).toBe('COMPLETED');
  });

  it('fails the step when it is neither true nor false, or cannot be evaluated', () => {
    expect(conditional('input.go', { go: 'yes' }).error).toMatchObject({ code: 'EXPRESSION_FAILED', path: 'a' });
    expect(conditional('input.go', {}).error).toMatchObject({ code: 'UNRESOLVED_REFERENCE', path: 'a' });
  });
});

describe('the output of a step', () => {
  it('is reshaped from the result', () => {
    const story = given(`- { id: a, handler: work, output: { total: "{{ result.n + 1 }}" } }`).completes('a', {
      n: 1,
      noise: true,
    });
    expect(story.output).toEqual({ total: 2 });
  });

  it('fails the step for good when it cannot be made', () => {
    const story = given(`- { id: a, handler: work, output: "{{ result.n }}" }`).completes('a', {});
    expect(story.step('a')).toMatchObject({ status: 'FAILED', error: { code: 'UNRESOLVED_REFERENCE', path: 'a' } });
    expect(story.dispatched).toEqual(['a#1.1']);
  });
});

describe('claim checks', () => {
  const big = { $ref: 'blob:abc', size: 900_000, mediaType: 'application/json' };
  const source = `
- { id: a, handler: work }
- { id: whole, handler: work, dependencies: [a], config: { all: "{{ a.output }}" } }
- { id: inside, handler: work, dependencies: [a, whole], config: { first: "{{ a.output.rows[0] }}" } }`;

  it('pass through as references, and are asked for when a decision must look inside', () => {
    const story = given(source).completes('a', big);
    expect(story.step('whole').config).toEqual({ all: big });
    const before = story.state;
    expect(() => story.completes('whole')).toThrow(ClaimCheckNeeded);
    expect(story.state).toBe(before);
    expect(story.statusOf('whole')).toBe('QUEUED');
  });

  it('are looked into once they are loaded', () => {
    const story = given(source, { opened: new Map([['blob:abc', { rows: ['r1'] }]]) });
    story.completes('a', big).completes('whole');
    expect(story.step('inside').config).toEqual({ first: 'r1' });
  });
});

describe('the result of an execution', () => {
  it('is the output of its only leaf', () => {
    expect(
      given(`\n- { id: a, handler: work }\n- { id: b, handler: work, dependencies: [a] }`).completes('a').completes('b', 9)
        .output,
    ).toBe(9);
  });

  it('is null when its only leaf was skipped', () => {
    expect(given(`- { id: a, handler: work, when: "false" }`).output).toBeNull();
  });

  it('is the leaves’ outputs by id when there are several, even when only one was not skipped', () => {
    const story = given(`
- { id: check, handler: check_stock }
- { id: yes, handler: work, dependencies: [{ node: check, on: "true" }] }
- { id: no, handler: work, dependencies: [{ node: check, on: "false" }] }`);
    expect(story.completes('check', null, { branch: 'true' }).completes('yes', 1).output).toEqual({ yes: 1 });
  });

  it('is what the output node gave, wherever it stands', () => {
    const story = given(`
- { id: a, handler: work }
- { id: end, handler: output, dependencies: [a], config: { ok: true } }
- { id: log, handler: work, dependencies: [end] }`);
    expect(story.completes('a').completes('log', 'logged').output).toEqual({ ok: true });
  });

  it('is what the definition’s output says', () => {
    const story = given(
      `
dag:
  nodes: [{ id: a, handler: work }]
output: { id: "{{ a.output.id }}", of: "{{ input.who }}" }`,
      { input: { who: 'ann' } },
    );
    expect(story.completes('a', { id: 3 }).output).toEqual({ id: 3, of: 'ann' });
  });

  it('fails the execution when its template does', () => {
    const story = given(`
timeout: 1h
dag:
  nodes: [{ id: a, handler: work }]
output: "{{ a.output.id }}"`);
    story.completes('a', {});
    expect(story.status).toBe('FAILED');
    expect(story.error).toMatchObject({ code: 'UNRESOLVED_REFERENCE' });
    expect(story.error?.path).toBeUndefined();
    expect(story.statuses).toEqual({ a: 'COMPLETED' });
  });
});

describe('reading an execution', () => {
  const plan = planFrom(`
- { id: b, handler: work, dependencies: [a] }
- { id: a, handler: work }
- { id: c, handler: work, dependencies: [b] }
- { id: d, handler: work, dependencies: [a] }`);

  it('lists every step in the order of the graph, PENDING ones too', () => {
    const story = new Story(plan).completes('a');
    const steps = listSteps(plan, story.state.steps.values());
    expect(steps.map(({ node, status }) => `${node} ${status}`)).toEqual(['a COMPLETED', 'b QUEUED', 'd QUEUED', 'c PENDING']);
    expect(steps.at(-1)).toMatchObject({ scope: '', handler: 'work', queue: 'work', attempt: 0 });
  });

  it('gives the leaves’ outputs so far', () => {
    const story = new Story(plan).completes('a').completes('d', 4);
    expect(executionResults(plan, story.state)).toEqual({ d: 4 });
    expect(executionResults(plan, story.completes('b').completes('c', 3).state)).toEqual({ c: 3, d: 4 });
  });
});
