import { describe, expect, it } from '@jest/globals';
import { eventInterest, keyOfEvent, keyOfWait } from './event-key.ts';
import { planWaits } from './plan-waits.ts';

const interest = (...paths: string[]) =>
  eventInterest({ event: 'orders.paid', match: Object.fromEntries(paths.map((path) => [path, 'x'])) });

describe('what a definition may come to wait for', () => {
  it.each([
    ['orders.paid', 'orders.paid'],
    ['orders.*.>', 'orders.*.>'],
    ['orders.{{ input.id }}.paid', 'orders.>'],
    ['orders.eu.{{ input.id }}', 'orders.eu.>'],
    ['orders.eu-{{ input.id }}', 'orders.>'],
    ['{{ input.type }}', '>'],
    ['{{ a.b }}.paid', '>'],
  ])('%s is found under %s', (event, pattern) => {
    expect(eventInterest({ event })).toEqual({ pattern, paths: '' });
  });

  it('is found in every scope, each kind once', () => {
    const wait = (event: string, match?: object) => ({
      id: 'w',
      handler: 'wait_for_event',
      config: { event, ...(match && { match }) },
    });
    const inner = { id: 'each', handler: 'map', nodes: [wait('a', { y: 1, x: 2 }), { id: 's', handler: 'wait_for_signal' }] };
    expect(planWaits({ dag: { nodes: [wait('a'), wait('a', { x: 1, y: 1 }), wait('a'), inner] } } as never)).toEqual({
      signals: true,
      events: [
        { pattern: 'a', paths: '' },
        { pattern: 'a', paths: '["x","y"]' },
      ],
    });
    expect(planWaits({ dag: { nodes: [] } })).toEqual({ signals: false, events: [] });
  });
});

describe('the key of an event', () => {
  it.each([
    [{ 'order.id': 'A-7' }, { order: { id: 'A-7', total: 5 } }],
    [{ 'lines.1.sku': 'x' }, { lines: [7, { sku: 'x' }] }],
    [
      { b: 1, a: { y: 2, x: 1 } },
      { a: { x: 1, y: 2 }, b: 1 },
    ],
    [{ gone: null }, { gone: null }],
    [{}, 'anything'],
  ])('is that of a wait for %j when its data is %j', (match, data) => {
    const wanted = interest(...Object.keys(match));
    expect(keyOfEvent(wanted, data)).toEqual(keyOfWait(wanted, match));
  });

  it.each([
    [{ id: 7 }, { id: '7' }],
    [{ id: 7 }, {}],
    [{ id: null }, {}],
    [{ id: 7 }, [7]],
    [{ 'toString.name': 'x' }, {}],
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    [{ id: 7 }, undefined],
  ])('is another one than that of a wait for %j when its data is %j', (match, data) => {
    const wanted = interest(...Object.keys(match));
    expect(keyOfEvent(wanted, data)).not.toEqual(keyOfWait(wanted, match));
  });
});
