import { describe, expect, it } from '@jest/globals';
import { recipientKey, RecipientsNeeded, type Recipients } from './recipients.ts';
import { given } from '../../test/definition.ts';

const id = '0190a5c0-0000-7000-8000-000000000001';
const known = (query: Parameters<typeof recipientKey>[0], ...to: string[]): Recipients => new Map([[recipientKey(query), to]]);
const orders = { workflow: 'orders', labels: { order: '7', region: 'eu' } };
const byLabel = `- { id: tell, handler: send_signal, config: { workflow: orders, label: { region: eu, order: "{{ input.order }}" }, name: paid, payload: "{{ input }}" } }`;

describe('send_signal', () => {
  it('gives a signal to the execution named, once, and says how many got it', () => {
    const story = given(`- { id: tell, handler: send_signal, config: { executionId: "{{ input.id }}", name: go } }`, {
      input: { id: id.toUpperCase() },
      recipients: known({ executionId: id }, id),
    });
    expect(story.effects.filter((effect) => effect.kind === 'send_signal')).toEqual([
      { kind: 'send_signal', to: [id], name: 'go', payload: null, at: story.now },
    ]);
    expect(story.output).toEqual({ delivered: 1 });
  });

  it('gives it to all executions of a workflow with the labels, which may be none', () => {
    const sent = given(byLabel, { input: { order: 7 }, recipients: known(orders, 'a', 'b') });
    expect(sent.effects).toContainEqual({
      kind: 'send_signal',
      to: ['a', 'b'],
      name: 'paid',
      payload: { order: 7 },
      at: sent.now,
    });
    expect(sent.output).toEqual({ delivered: 2 });
    expect(given(byLabel, { input: { order: 7 }, recipients: known(orders) }).output).toEqual({ delivered: 0 });
  });

  it('asks who that is when it is not known yet', () => {
    expect(() => given(byLabel, { input: { order: 7 } })).toThrow(RecipientsNeeded);
  });

  it.each([
    ['INVALID_CONFIG', '{ executionId: "{{ input.order }}", name: go }'],
    ['INVALID_CONFIG', '{ workflow: orders, label: { order: "{{ input.list }}" }, name: go }'],
    ['INVALID_CONFIG', '{ workflow: orders, label: { order: x }, name: "{{ input.order }}" }'],
    ['TOO_MANY_RECIPIENTS', '{ workflow: orders, label: { region: eu, order: "7" }, name: go }'],
  ])('fails with %s for %s', (code, config) => {
    const many = Array.from({ length: 1_001 }, (_, index) => `e${index}`);
    const story = given(`- { id: tell, handler: send_signal, config: ${config} }`, {
      input: { order: 7, list: [] },
      recipients: known(orders, ...many),
    });
    expect(story.error).toMatchObject({ code, path: 'tell' });
    expect(story.effects.filter((effect) => effect.kind === 'send_signal')).toEqual([]);
  });
});
