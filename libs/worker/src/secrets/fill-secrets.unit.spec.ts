import { describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { fillSecrets } from './fill-secrets.ts';
import { redact } from './redact.ts';
import { environmentSecrets } from './secret-provider.ts';

const provider = environmentSecrets({ JETSAGA_SECRET_A: 'alpha-value', JETSAGA_SECRET_B: '' });

describe('fillSecrets', () => {
  it('can fill the whole configuration, and several parts of a text', async () => {
    expect(await fillSecrets(null, [{ pointer: '', parts: [{ secret: 'A' }] }], provider)).toMatchObject({
      config: 'alpha-value',
    });
    const parts = ['<', { secret: 'A' }, '|', { secret: 'B' }, '>'];
    expect((await fillSecrets({ x: null }, [{ pointer: '/x', parts }], provider)).config).toEqual({ x: '<alpha-value|>' });
  });

  it.each<[string, Json]>([
    ['/nowhere', {}],
    ['/a/b', { a: 'text' }],
    ['/0', []],
    ['/constructor', {}],
    ['/__proto__/x', {}],
  ])('refuses the place %s of %j', async (pointer, config) => {
    await expect(fillSecrets(config, [{ pointer, parts: [{ secret: 'A' }] }], provider)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('fills a key of any name without touching prototypes', async () => {
    const config = JSON.parse('{"__proto__":{"x":null}}') as Json;
    await fillSecrets(config, [{ pointer: '/__proto__/x', parts: ['y'] }], provider);
    expect(JSON.stringify(config)).toBe('{"__proto__":{"x":"y"}}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('names every secret that is missing', async () => {
    const slots = [{ pointer: '/x', parts: [{ secret: 'C' }, { secret: 'D' }] }];
    await expect(fillSecrets({ x: null }, slots, provider)).rejects.toMatchObject({
      code: 'SECRET_NOT_FOUND',
      message: expect.stringMatching(/JETSAGA_SECRET_C, JETSAGA_SECRET_D/),
    });
  });
});

it('redact hides secrets in texts and keys, and leaves short ones', () => {
  expect(redact({ 'k-alpha-value': ['say alpha-value twice alpha-value', 5, null, 'b'] }, ['alpha-value', 'b'])).toEqual({
    'k-[redacted]': ['say [redacted] twice [redacted]', 5, null, 'b'],
  });
});
