import { describe, expect, it } from '@jest/globals';
import { planFrom } from '../../test/definition.ts';
import { concurrencyKeyOf, decideSlot, fairKeyOf, type SlotGroupState } from './concurrency.ts';
import type { PlanConcurrency } from '../definition/plan.ts';

const rule = (onConflict: PlanConcurrency['onConflict'], limit = 2): PlanConcurrency => ({ key: null, limit, onConflict });
const group = (more: Partial<SlotGroupState> = {}): SlotGroupState => ({ held: 0, hasWaiting: false, staying: [], ...more });
const full = group({ held: 2, staying: ['a', 'b'] });

describe('a start under a limit', () => {
  it('runs while a slot is free', () => {
    for (const onConflict of ['queue', 'reject', 'replace'] as const) {
      expect(decideSlot(rule(onConflict), group({ held: 1, staying: ['a'] }))).toEqual({ kind: 'run' });
    }
  });

  it('waits, is rejected, or takes the place of the oldest when none is', () => {
    expect(decideSlot(rule('queue'), full)).toEqual({ kind: 'queue', replaced: [] });
    expect(decideSlot(rule('reject'), full)).toEqual({ kind: 'reject' });
    expect(decideSlot(rule('replace'), full)).toEqual({ kind: 'queue', replaced: ['a'] });
  });

  it('overtakes nobody who waits', () => {
    expect(decideSlot(rule('queue'), group({ held: 1, hasWaiting: true }))).toEqual({ kind: 'queue', replaced: [] });
  });

  it('replaces nobody a second time: who leaves already is no longer counted among those that stay', () => {
    expect(decideSlot(rule('replace'), group({ held: 2, hasWaiting: true, staying: ['b'] }))).toEqual({
      kind: 'queue',
      replaced: [],
    });
  });

  it('replaces as many as a lowered limit asks for', () => {
    const many = group({ held: 4, staying: ['a', 'b', 'c', 'd'] });
    expect(decideSlot(rule('replace'), many)).toEqual({ kind: 'queue', replaced: ['a', 'b', 'c'] });
  });
});

describe('the key of a start', () => {
  const keyOf = (key: string | undefined, input: { [field: string]: string | number }) =>
    concurrencyKeyOf(
      planFrom(
        `concurrency: ${JSON.stringify({ limit: 1, ...(key !== undefined && { key }) })}\ndag: { nodes: [{ id: a, handler: input }] }`,
      ),
      input,
    );

  it('is made of the input', () => expect(keyOf('customer-{{ input.customer }}', { customer: 7 })).toBe('customer-7'));
  it('is the same for all where there is none', () => expect(keyOf(undefined, { customer: 7 })).toBe(''));
  it('of a value that is no text is its JSON', () => expect(keyOf('{{ input.customer }}', { customer: 7 })).toBe('7'));
  it('that cannot be made is a problem of the input', () => {
    expect(keyOf('{{ input.customer }}', {})).toMatchObject({ pointer: '/concurrency/key' });
    expect(keyOf('{{ input.customer }}', { customer: 'x'.repeat(501) })).toMatchObject({ pointer: '/concurrency/key' });
  });
});

describe('whom an execution takes turns with', () => {
  const plan = (concurrency: string) => planFrom(`${concurrency}dag: { nodes: [{ id: a, handler: input }] }`);

  it('is each other definition, and each other concurrency key', () => {
    expect(fairKeyOf(plan(''), { tenant: 'x' })).toBe('story');
    const keyed = plan('concurrency: { limit: 9, key: "{{ input.tenant }}" }\n');
    expect(fairKeyOf(keyed, { tenant: 'x' })).toBe('story x');
    expect(fairKeyOf(keyed, { tenant: 'y' })).toBe('story y');
  });

  it('is only the definition where the key cannot be had', () => {
    const keyed = plan('concurrency: { limit: 9, key: "{{ input.tenant }}" }\n');
    expect(fairKeyOf(keyed, {})).toBe('story');
    expect(fairKeyOf(keyed, { $ref: 'blob:x', size: 9, mediaType: 'application/json' })).toBe('story');
  });
});
