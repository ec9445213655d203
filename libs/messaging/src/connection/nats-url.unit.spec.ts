import { describe, expect, it } from '@jest/globals';
import { parseNatsUrl } from './nats-url.ts';

describe('parseNatsUrl', () => {
  it.each([
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'], tls: false }],
    ['localhost', { servers: ['localhost:4222'], tls: false }],
    ['nats://me:p%40ss%3A@host:1', { servers: ['host:1'], user: 'me', pass: 'p@ss:', tls: false }],
    ['nats://s3cr3t@host', { servers: ['host:4222'], token: 's3cr3t', tls: false }],
    ['tls://a:1, b:2', { servers: ['a:1', 'b:2'], tls: true }],
    ['nats://[::1]:4333', { servers: ['[::1]:4333'], tls: false }],
  ])('reads %s', (url, target) => {
    expect(parseNatsUrl(url)).toEqual(target);
  });

  it.each(['', ' , ', 'http://host', 'nats://'])('refuses %p', (url) => {
    expect(() => parseNatsUrl(url)).toThrow(expect.objectContaining({ code: 'NATS_CONFIG' }));
  });

  it('does not repeat the password when it refuses', () => {
    expect(() => parseNatsUrl('http://me:hunter2@host')).toThrow(/^(?!.*hunter2).*$/);
  });
});
