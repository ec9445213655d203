import { describe, expect, it } from '@jest/globals';
import { isTransient } from './store-errors.ts';

const coded = (code: string) => Object.assign(new Error('x'), { code });

describe('errors of the store', () => {
  it.each(['57P01', '08006', '40001', '40P01', '53300', '25P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'])(
    '%s may pass',
    (code) => {
      expect(isTransient(coded(code))).toBe(true);
    },
  );

  it.each(['22P02', '22021', '23502', '42703', '54000'])('%s lies in the data or the statement', (code) => {
    expect(isTransient(coded(code))).toBe(false);
  });

  it('knows a connection that went away without a code', () => {
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isTransient(new TypeError('x is not a function'))).toBe(false);
  });
});
