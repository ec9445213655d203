import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { checkDefinition } from './check-definition.ts';
import { compilePlan } from './compile-plan.ts';
import { matchesEventPattern } from './event-pattern.ts';
import { parseDefinition } from './parse-definition.ts';

function planOf(triggers: string) {
  const source = `name: Triggered\ntriggers:\n${triggers}\ndag: { nodes: [{ id: a, handler: aggregate }] }`;
  const { definition, problems } = checkDefinition(parseDefinition(source), null);
  expect(problems).toEqual([]);
  return compilePlan({ document: definition!.document, key: definition!.key, version: 1 }, {});
}

const seeing = (event: Json) => ({ input: null, node: () => undefined, locals: { event }, opened: () => undefined });

describe('a schedule', () => {
  it('has everything it says, and defaults for the rest', () => {
    const { schedules, triggers } = planOf(`
  - schedule: "0 2 * * *"
  - { schedule: "0 0 2 * * MON", timezone: Europe/Berlin, jitter: 5m, overlap: cancel_other, catchUp: all,
      startAt: 2026-01-01T00:00:00Z, endAt: "2027-01-01T00:00:00+01:00", input: { day: "{{ event.time }}" } }`);
    expect(triggers).toEqual([]);
    expect(schedules).toMatchObject([
      { timezone: 'UTC', jitterMs: 0, overlap: 'skip', catchUp: 'none', startAt: null, endAt: null, input: null },
      {
        pattern: '0 0 2 * * MON',
        timezone: 'Europe/Berlin',
        jitterMs: 300_000,
        overlap: 'cancel_other',
        catchUp: 'all',
        startAt: Date.UTC(2026, 0, 1),
        endAt: Date.UTC(2026, 11, 31, 23),
      },
    ]);
    expect(schedules[1]!.input!.evaluate(seeing({ time: 'now' }))).toEqual({ day: 'now' });
  });

  it('keeps its id wherever it stands, and whatever else of it changes', () => {
    const first = planOf('  - schedule: "0 2 * * *"').schedules.map(({ id }) => id);
    const then = planOf('  - schedule: "5 5 * * *"\n  - { schedule: "0  2 * * *", overlap: allow }').schedules.map(
      ({ id }) => id,
    );
    expect(first[0]).toMatch(/^triggered\.[0-9a-f]{8}$/);
    expect(then).toContain(first[0]);
  });

  it('has an id of its own also beside its twin', () => {
    const { schedules } = planOf(
      '  - { schedule: "0 2 * * *", input: { a: 1 } }\n  - { schedule: "0 2 * * *", input: { a: 2 } }',
    );
    expect(new Set(schedules.map(({ id }) => id)).size).toBe(2);
  });
});

describe('a webhook', () => {
  it('says how its requests are verified', () => {
    const { webhooks } = planOf(`
  - webhook: open
    verify: none
  - webhook: keyed
  - { webhook: shop, verify: { type: hmac, secret: "{{ secrets.SHOP }}", header: X-Shop }, idempotencyHeader: X-Delivery }
  - { webhook: plain, verify: { type: hmac, secret: "{{secrets.SHOP}}" } }
  - { webhook: gh, verify: { type: github, secret: "{{ secrets.GH }}" } }
  - { webhook: pay, verify: { type: stripe, secret: "{{ secrets.PAY }}" } }
  - { webhook: pay2, verify: { type: stripe, secret: "{{ secrets.PAY }}", replayWindow: 1m } }`);
    expect(webhooks.map(({ slug, verify, idempotencyHeader }) => [slug, verify, idempotencyHeader])).toEqual([
      ['open', { type: 'none' }, null],
      ['keyed', { type: 'access' }, null],
      ['shop', { type: 'hmac', secret: 'SHOP', header: 'x-shop' }, 'x-delivery'],
      ['plain', { type: 'hmac', secret: 'SHOP', header: 'x-signature' }, null],
      ['gh', { type: 'github', secret: 'GH' }, null],
      ['pay', { type: 'stripe', secret: 'PAY', replayWindowMs: 300_000 }, null],
      ['pay2', { type: 'stripe', secret: 'PAY', replayWindowMs: 60_000 }, null],
    ]);
  });
});

describe('a trigger by changes of an entity', () => {
  const fires = (trigger: string, change: string, data: Json) => {
    const { triggers } = planOf(trigger);
    const type = `entity.order.${change}`;
    const event = { type, data };
    return triggers.some(
      (one) => matchesEventPattern(one.event, type) && (one.filter === null || one.filter.evaluate(seeing(event)) === true),
    );
  };
  const when = (condition: string) => `  - { entity: order, conditions: [{ ${condition} }] }`;
  const changed = (before: Json, after: Json) => ({ before, after });
  const paid = changed({ status: 'open', total: 5 }, { status: 'paid', total: 7, tags: ['vip'], ship: { to: 'DE' } });

  it('listens to the changes it names, and to all without', () => {
    expect(planOf('  - entity: order').triggers.map(({ event }) => event)).toEqual([
      'entity.order.created',
      'entity.order.updated',
      'entity.order.deleted',
    ]);
    expect(planOf('  - { entity: order, on: [updated] }').triggers).toMatchObject([
      { event: 'entity.order.updated', filter: null },
    ]);
  });

  it.each([
    ['field: status, operator: equals, value: paid', true],
    ['field: status, operator: equals, value: open', false],
    ['field: status, operator: not_equals, value: open', true],
    ['field: total, operator: greater_than, value: 6', true],
    ['field: total, operator: greater_than, value: 7', false],
    ['field: total, operator: less_than, value: 8', true],
    ['field: tags, operator: contains, value: vip', true],
    ['field: status, operator: in, value: [paid, sent]', true],
    ['field: ship.to, operator: equals, value: DE', true],
    ['field: ship.from, operator: is_null', true],
    ['field: status.deeper.still, operator: is_null', true],
    ['field: status, operator: is_not_null', true],
    ['field: status, operator: changed_from, value: open', true],
    ['field: status, operator: changed_from, value: paid', false],
    ['field: status, operator: changed_to, value: paid', true],
    ['field: status, operator: changed_to, value: open', false],
    ['field: status, operator: changed_to, value: paid, previousValue: open', true],
    ['field: status, operator: changed_to, value: paid, previousValue: draft', false],
    ['field: total, operator: equals, value: "{{ event.data.before.total + 2 }}"', true],
  ])('with { %s }: %s', (condition, expected) => expect(fires(when(condition), 'updated', paid)).toBe(expected));

  it('compares what was deleted as it was, and sees that it is gone', () => {
    const gone = changed({ status: 'open' }, null);
    expect(fires(when('field: status, operator: equals, value: open'), 'deleted', gone)).toBe(true);
    expect(fires(when('field: status, operator: changed_from, value: open'), 'deleted', gone)).toBe(true);
    expect(fires(when('field: status, operator: changed_to, value: open'), 'created', changed(null, { status: 'open' }))).toBe(
      true,
    );
  });

  it('asks for all conditions, and its filter', () => {
    const both = (filter: string) => `  - entity: order
    conditions: [{ field: status, operator: equals, value: paid }, { field: total, operator: greater_than, value: 6 }]
    filter: ${filter}`;
    expect(fires(both('event.data.after.total == 7'), 'updated', paid)).toBe(true);
    expect(fires(both('event.data.after.total == 8'), 'updated', paid)).toBe(false);
    expect(fires(both('event.data.after.total > 0'), 'updated', changed(null, { status: 'paid', total: 1 }))).toBe(false);
  });
});
