import { describe, expect, it } from '@jest/globals';
import { childTraceparent, formatTraceparent, newTraceparent, parseTraceparent } from './traceparent.ts';

const valid = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparent', () => {
  it('is read and written', () => {
    const ids = parseTraceparent(valid);
    expect(ids).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 1 });
    expect(ids && formatTraceparent(ids)).toBe(valid);
  });

  it('of a later version is read by what this one knows', () => {
    expect(parseTraceparent(`cc${valid.slice(2)}-what-the-future-brings`)?.spanId).toBe('b7ad6b7169203331');
  });

  it.each([
    null,
    undefined,
    '',
    'no trace',
    `ff${valid.slice(2)}`,
    `${valid}-extra`,
    valid.toUpperCase(),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
  ])('that is invalid is ignored: %s', (value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it('of a child keeps the trace and has a parent id of its own', () => {
    const child = parseTraceparent(childTraceparent(valid));
    expect(child).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', flags: 1 });
    expect(child?.spanId).not.toBe('b7ad6b7169203331');
  });

  it('is made anew where there is none to continue', () => {
    const made = new Set([newTraceparent(), newTraceparent(), childTraceparent('broken')]);
    expect(made.size).toBe(3);
    for (const traceparent of made) expect(parseTraceparent(traceparent)?.flags).toBe(1);
  });
});
