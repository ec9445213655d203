import { describe, expect, it } from '@jest/globals';
import type { HandlerFacts } from '@jetsaga/contracts';
import { checkDefinition } from './check-definition.ts';
import { compilePlan } from './compile-plan.ts';
import { collectHandlerFacts } from './handler-facts.ts';
import { parseDefinition } from './parse-definition.ts';

const catalog = new Map<string, HandlerFacts>([
  ['book', { queue: 'travel', branches: [] }],
  ['cancel', { queue: 'travel', branches: [] }],
  ['refund', { queue: 'bank', branches: [] }],
]);

const check = (node: string, top = '') =>
  checkDefinition(parseDefinition(`name: x\n${top}dag:\n  nodes:\n    - { id: a, handler: book, ${node} }\n`, 'yaml'), catalog);

function compensationOf(node: string, top = '') {
  const { definition, problems } = check(node, top);
  if (!definition) throw new Error(JSON.stringify(problems));
  const plan = compilePlan({ document: definition.document, key: 'x', version: 1 }, collectHandlerFacts(definition, catalog));
  return { plan, compensate: plan.root.nodes.get('a')?.compensate };
}

describe('compensate', () => {
  it('goes to the queue of its handler', () => {
    expect(compensationOf('compensate: { handler: refund }').compensate).toMatchObject({ handler: 'refund', queue: 'bank' });
  });

  it('follows the node to another queue where both handlers come from the same one', () => {
    expect(compensationOf('queue: mine, compensate: { handler: cancel }').compensate?.queue).toBe('mine');
    expect(compensationOf('queue: mine, compensate: { handler: refund }').compensate?.queue).toBe('bank');
    expect(compensationOf('compensate: { handler: cancel }', 'defaults: { queue: mine }\n').compensate?.queue).toBe('mine');
  });

  it('is decided without a queue where it emits an event', () => {
    const { compensate } = compensationOf('compensate: { handler: emit_event, config: { type: a.b, data: "{{ a.output }}" } }');
    expect(compensate).toMatchObject({ handler: 'emit_event', queue: null });
  });

  it('may read the step itself, and hold secrets for a worker only', () => {
    expect(
      check('compensate: { handler: refund, config: { of: "{{ a.output.id }}", key: "{{ secrets.KEY }}" } }').problems,
    ).toEqual([]);
    expect(check('compensate: { handler: emit_event, config: { type: a.b, data: "{{ secrets.KEY }}" } }').problems).toMatchObject(
      [{ code: 'SECRET_NOT_ALLOWED', pointer: '/dag/nodes/0/compensate/config/data' }],
    );
    expect(check('compensate: { handler: refund, timeout: 3s }').problems).toMatchObject([
      { code: 'INVALID_FIELD', pointer: '/dag/nodes/0/compensate/timeout' },
    ]);
  });

  it('is switched off for all by onFailure: leave', () => {
    expect(compensationOf('compensate: { handler: refund }').plan.onFailure).toBe('compensate');
    expect(compensationOf('compensate: { handler: refund }', 'onFailure: leave\n').plan.onFailure).toBe('leave');
  });
});
