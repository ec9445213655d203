import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/definition.ts';
import { keyOfEvent } from '../definition/event-key.ts';
import { waitOf } from './wait-record.ts';

const payment = `
- id: payment
  handler: wait_for_event
  config: { event: orders.paid, match: { order: "{{ input.order }}" }, filter: event.data.total >= input.total, timeout: 1h }
- { id: ship, handler: work, dependencies: [{ node: payment, on: received }], config: { by: "{{ payment.output.event.data.by }}" } }
`;
const input = { order: 'A-7', total: 10 };

describe('wait_for_event', () => {
  it('waits until an event comes that its filter lets through, and gives the whole event', () => {
    const story = given(payment, { input });
    expect(story.step('payment')).toMatchObject({ status: 'WAITING', waitingFor: 'an event orders.paid' });
    story.isGivenEvent('payment', { data: { total: 5 } }).isGivenEvent('payment', { data: 'no total' });
    expect(story.ignored).toEqual(['filter_not_met', 'filter_not_met']);
    story.isGivenEvent('payment', { id: '3', data: { total: 10, by: 'ann' } });
    expect(story.step('payment')).toMatchObject({
      status: 'COMPLETED',
      branch: 'received',
      output: { event: { id: '3', source: '/shop', type: 'orders.paid', data: { total: 10, by: 'ann' } } },
    });
    expect(story.step('ship').config).toEqual({ by: 'ann' });
    expect(story.timers.size).toBe(0);
    story.isGivenEvent('payment', { data: { total: 99 } });
    expect(story.ignored.at(-1)).toBe('step_settled');
  });

  it('is on record under the key that such an event has, for as long as it waits', () => {
    const story = given(payment, { input });
    const [interest] = story.plan.waits.events;
    expect(waitOf(story.plan, story.step('payment'), 7)).toEqual({
      executionId: 'e1',
      scope: '',
      node: 'payment',
      kind: 'event',
      name: 'orders.paid',
      since: 7,
      key: keyOfEvent(interest!, { order: 'A-7', more: 1 }),
    });
    story.isGivenEvent('payment', { data: { total: 10, by: 'x' } });
    expect(waitOf(story.plan, story.step('payment'), 7)).toBeUndefined();
  });

  it('takes the branch timeout where an edge asks for it, else fails with WAIT_TIMEOUT', () => {
    expect(given(payment, { input }).timerFires('wait_timeout', 'payment').error).toMatchObject({
      code: 'WAIT_TIMEOUT',
      path: 'payment',
    });
    const story = given(`${payment}- { id: remind, handler: work, dependencies: [{ node: payment, on: timeout }] }`, { input });
    story.timerFires('wait_timeout', 'payment');
    expect(story.step('payment')).toMatchObject({ branch: 'timeout', output: { event: null } });
    expect(story.statuses).toMatchObject({ ship: 'SKIPPED', remind: 'QUEUED' });
  });

  it('fails with INVALID_CONFIG when a template makes no subject, and waits for what it makes otherwise', () => {
    const wait = (region: string) =>
      given('- { id: w, handler: wait_for_event, config: { event: "orders.{{ input.region }}.>" } }', { input: { region } });
    expect(wait('e u').error).toMatchObject({ code: 'INVALID_CONFIG' });
    expect(wait('eu.north').step('w').waitingFor).toBe('an event orders.eu.north.>');
  });

  it('takes events for itself only, while it waits', () => {
    const story = given('- { id: work, handler: work }\n- { id: s, handler: wait_for_signal, config: { name: go } }');
    story.isGivenEvent('work').isGivenEvent('s').isGivenEvent('nowhere');
    expect(story.ignored).toEqual(['wrong_state', 'wrong_state', 'unknown_step']);
  });
});
