import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { isSigned } from './signatures.ts';

const secret = 'whsec_test';
const body = Buffer.from('{"n":1}');
const sign = (text: string | Buffer, key = secret) => createHmac('sha256', key).update(text).digest('hex');
const now = 1_790_000_000_000;
const seconds = now / 1_000;

describe('a signature of the body', () => {
  const verify = { type: 'hmac', secret: 'S', header: 'x-shop' } as const;
  const check = (header: string | undefined, given = body) =>
    isSigned(verify, secret, given, header === undefined ? {} : { 'x-shop': header }, now);

  it.each([sign(body), `sha256=${sign(body)}`, `SHA256=${sign(body)}`, sign(body).toUpperCase()])('%s holds', (header) =>
    expect(check(header)).toBe(true),
  );

  it.each([
    undefined,
    '',
    'sha256=',
    sign(body, 'other'),
    sign(body).slice(0, 62),
    `${sign(body)}00`,
    `sha1=${sign(body)}`,
    'ä'.repeat(64),
  ])('%s does not', (header) => expect(check(header)).toBe(false));

  it('is of the bytes, not of what they mean', () => {
    expect(check(sign(body), Buffer.from('{"n": 1}'))).toBe(false);
    expect(check(sign(Buffer.from([0xff, 0x00])), Buffer.from([0xff, 0x00]))).toBe(true);
  });
});

describe('a signature by GitHub', () => {
  const check = (header: string) =>
    isSigned({ type: 'github', secret: 'S' }, secret, body, { 'x-hub-signature-256': header }, now);

  it('has its prefix', () => {
    expect(check(`sha256=${sign(body)}`)).toBe(true);
    expect(check(sign(body))).toBe(false);
  });

  it('is the one that its documentation shows', () => {
    const shown = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': shown };
    expect(
      isSigned({ type: 'github', secret: 'S' }, "It's a Secret to Everybody", Buffer.from('Hello, World!'), headers, now),
    ).toBe(true);
  });
});

describe('a signature by Stripe', () => {
  const verify = { type: 'stripe', secret: 'S', replayWindowMs: 300_000 } as const;
  const check = (header: string, at = now) => isSigned(verify, secret, body, { 'stripe-signature': header }, at);
  const v1 = (time: number, key = secret) => `v1=${sign(`${time}.${body.toString()}`, key)}`;

  it('holds within its time, before and after', () => {
    const header = `t=${seconds},${v1(seconds)}`;
    expect(check(header)).toBe(true);
    expect(check(header, now + 300_000)).toBe(true);
    expect(check(header, now + 300_001)).toBe(false);
    expect(check(header, now - 300_001)).toBe(false);
  });

  it('is one of several, while secrets change', () => {
    expect(check(`t=${seconds},${v1(seconds, 'old')},${v1(seconds)},v0=abc`)).toBe(true);
    expect(check(`t=${seconds}, ${v1(seconds)}`)).toBe(true);
  });

  it.each([
    '',
    `t=${seconds}`,
    v1(seconds),
    `t=${seconds + 1},${v1(seconds)}`,
    `t=x,${v1(seconds)}`,
    `t=${seconds},v0=${v1(seconds).slice(3)}`,
  ])('%s does not hold', (header) => expect(check(header)).toBe(false));
});
