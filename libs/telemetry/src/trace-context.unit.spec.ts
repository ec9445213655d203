import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { currentTraceparent, inSpan, traceFields, withTraceparent } from './trace-context.ts';

const outer = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const inner = '00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01';

describe('trace context without an SDK', () => {
  it('stays with what it was given to, across awaits and side by side', async () => {
    const seen = async () => {
      await setImmediate();
      return currentTraceparent();
    };
    expect(currentTraceparent()).toBeUndefined();
    const both = await Promise.all([withTraceparent(outer, seen), withTraceparent(inner, seen)]);
    expect(both).toEqual([outer, inner]);
    expect(currentTraceparent()).toBeUndefined();
  });

  it('nests, and ignores what is no traceparent', () => {
    withTraceparent(outer, () => {
      withTraceparent(inner, () => expect(currentTraceparent()).toBe(inner));
      withTraceparent('broken', () => expect(currentTraceparent()).toBe(outer));
      withTraceparent(null, () => expect(currentTraceparent()).toBe(outer));
    });
  });

  it('goes through spans, whose errors come out as they are', async () => {
    await withTraceparent(outer, async () => {
      expect(await inSpan('work', {}, async () => currentTraceparent())).toBe(outer);
      const failure = new Error('no');
      await expect(inSpan('work', {}, () => Promise.reject(failure))).rejects.toBe(failure);
    });
  });

  it('gives log lines their ids', () => {
    expect(traceFields()).toEqual({});
    expect(withTraceparent(outer, traceFields)).toEqual({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
    });
  });
});
