import { describe, expect, it } from '@jest/globals';
import { checkDefinition } from './check-definition.ts';
import { parseDefinition } from './parse-definition.ts';

function check(...nodes: string[]) {
  const source = `name: Check\ndag:\n  nodes:\n${nodes.map((node) => `    - ${node}\n`).join('')}`;
  const { problems, warnings } = checkDefinition(parseDefinition(source, 'yaml'), new Map());
  return { problems: problems.map(({ code, pointer }) => `${code} ${pointer}`), warnings: warnings.map(({ code }) => code) };
}
const config = '/dag/nodes/0/config';

describe('wait_for_signal', () => {
  it.each([
    ['{ name: go, condition: signal.n > input.n, timeout: 3d }'],
    ['{ name: "go {{ input.n }}", timeout: "{{ input.patience }}" }'],
  ])('takes %s', (given) => {
    expect(check(`{ id: w, handler: wait_for_signal, config: ${given} }`).problems).toEqual([]);
  });

  it.each([
    ['{}', `INVALID_CONFIG ${config}`],
    ['{ name: "" }', `INVALID_CONFIG ${config}/name`],
    ['{ name: go, until: 1 }', `INVALID_CONFIG ${config}/until`],
    ['{ name: go, timeout: soon }', `INVALID_DURATION ${config}/timeout`],
    ['{ name: go, timeout: 0 }', `INVALID_DURATION ${config}/timeout`],
    ['{ name: go, condition: "{{ signal.n }}" }', `INVALID_EXPRESSION ${config}/condition`],
    ['{ name: go, condition: event.n == 1 }', `INVALID_EXPRESSION ${config}/condition`],
    ['{ name: "{{ signal.n }}" }', `INVALID_EXPRESSION ${config}/name`],
  ])('refuses %s', (given, problem) => {
    expect(check(`{ id: w, handler: wait_for_signal, config: ${given} }`).problems).toEqual([problem]);
  });

  it('has two branches', () => {
    const wait = '{ id: w, handler: wait_for_signal, config: { name: go } }';
    const after = (on: string) => check(wait, `{ id: next, handler: aggregate, dependencies: [${on}] }`);
    expect(after('{ node: w, on: [received, timeout] }')).toEqual({
      problems: [],
      warnings: expect.not.arrayContaining(['UNCHECKED_BRANCH']),
    });
    expect(after('{ node: w, on: late }').problems).toEqual(['UNKNOWN_BRANCH /dag/nodes/1/dependencies/0/on']);
    expect(after('w').warnings).toContain('UNCHECKED_BRANCH');
  });
});

describe('wait_for_event', () => {
  it.each([
    ['{ event: orders.paid, filter: event.data.total > input.n, match: { order.id: "{{ input.order }}" }, timeout: 3d }'],
    ['{ event: "orders.{{ input.region }}.>" }'],
    ['{ event: "orders.*.paid" }'],
  ])('takes %s', (given) => {
    expect(check(`{ id: w, handler: wait_for_event, config: ${given} }`).problems).toEqual([]);
  });

  it.each([
    ['{}', `INVALID_CONFIG ${config}`],
    ['{ event: "orders..paid" }', `INVALID_CONFIG ${config}/event`],
    ['{ event: "orders.>.paid" }', `INVALID_CONFIG ${config}/event`],
    ['{ event: a, match: { } }', `INVALID_CONFIG ${config}/match`],
    ['{ event: a, timeout: never }', `INVALID_DURATION ${config}/timeout`],
    ['{ event: a, filter: signal.n == 1 }', `INVALID_EXPRESSION ${config}/filter`],
    ['{ event: a, match: { id: "{{ event.id }}" } }', `INVALID_EXPRESSION ${config}/match/id`],
  ])('refuses %s', (given, problem) => {
    expect(check(`{ id: w, handler: wait_for_event, config: ${given} }`).problems).toEqual([problem]);
  });

  it('has two branches', () => {
    const wait = '{ id: w, handler: wait_for_event, config: { event: a } }';
    expect(check(wait, '{ id: next, handler: aggregate, dependencies: [w] }').warnings).toContain('UNCHECKED_BRANCH');
  });
});

describe('send_signal', () => {
  it.each([
    ['{ executionId: "{{ input.id }}", name: go, payload: { a: [1] } }'],
    ['{ workflow: orders, label: { order: "{{ input.order }}" }, name: go }'],
  ])('takes %s', (given) => {
    expect(check(`{ id: s, handler: send_signal, config: ${given} }`).problems).toEqual([]);
  });

  it.each([
    ['{ executionId: x }', [`INVALID_CONFIG ${config}`]],
    ['{ name: go }', [`INVALID_CONFIG ${config}`]],
    ['{ name: go, workflow: orders }', [`INVALID_CONFIG ${config}`]],
    ['{ name: go, executionId: x, workflow: orders, label: { a: b } }', [`INVALID_CONFIG ${config}`]],
    ['{ name: go, executionId: x, label: { a: b } }', [`INVALID_CONFIG ${config}`]],
    ['{ name: go, workflow: orders, label: {} }', [`INVALID_CONFIG ${config}/label`]],
    ['{ name: go, executionId: x, payload: "{{ secrets.A }}" }', [`SECRET_NOT_ALLOWED ${config}/payload`]],
  ])('refuses %s', (given, problems) => {
    expect(check(`{ id: s, handler: send_signal, config: ${given} }`).problems).toEqual(problems);
  });
});
