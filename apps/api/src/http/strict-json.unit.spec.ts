import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './problem.ts';
import { parseStrictJson } from './strict-json.ts';

const parse = (text: string | Uint8Array) => parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text);

function problemOf(text: string | Uint8Array): Problem {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseStrictJson', () => {
  it('gives back any JSON value as JSON.parse does', () => {
    const clean = fc.jsonValue().filter((value) => !/\\u0000|__proto__|\\ud[89a-f]/i.test(JSON.stringify(value)));
    fc.assert(fc.property(clean, (value) => expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))));
  });

  it.each([
    ['{"a":', 400, 'INVALID_JSON'],
    ['', 400, 'INVALID_JSON'],
    [Uint8Array.of(0x22, 0xff, 0x22), 400, 'INVALID_ENCODING'],
    ['['.repeat(65) + ']'.repeat(65), 422, 'UNSUPPORTED_JSON'],
    ['['.repeat(200_000) + ']'.repeat(200_000), 422, 'UNSUPPORTED_JSON'],
    ['{"a":{"__proto__":{"x":1}}}', 422, 'UNSUPPORTED_JSON'],
    ['{"\\u005f_proto__":1}', 422, 'UNSUPPORTED_JSON'],
    ['{"a":"x\\u0000y"}', 422, 'UNSUPPORTED_JSON'],
    ['{"a\\u0000":1}', 422, 'UNSUPPORTED_JSON'],
    ['["\\ud800"]', 422, 'UNSUPPORTED_JSON'],
    ['[1e999]', 422, 'UNSUPPORTED_JSON'],
  ])('refuses %j', (text, status, code) => {
    expect(problemOf(text)).toMatchObject({ status, code });
  });

  it('takes what is nested as deeply as is allowed', () => {
    expect(() => parse('['.repeat(64) + ']'.repeat(64))).not.toThrow();
  });

  it('points at every place', () => {
    const { errors } = problemOf('{"a/b":{"__proto__":1},"c":["\\u0000"]}');
    expect(errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/a~1b FORBIDDEN_KEY',
      '/c/0 NUL_CHARACTER',
    ]);
  });
});
