import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { admit, isLoopback, type AccessMode } from './access.ts';

const off: AccessMode = { kind: 'off' };
const required: AccessMode = { kind: 'required', apiKey: 'the-key' };

function request(headers: Record<string, string>, url = '/v1/executions'): FastifyRequest {
  return { headers, url } as unknown as FastifyRequest;
}

describe('without authentication', () => {
  it.each(['localhost', 'localhost:8000', '127.0.0.1:8000', '127.1.2.3', '[::1]:80', 'app.localhost:8000'])(
    'answers to the host %s',
    (host) => expect(admit(request({ host }), off)).toBe('local'),
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
    'a@localhost',
    '127.0.0.1:8000:1',
  ])('refuses the host "%s"', (host) =>
    expect(() => admit(request({ host }), off)).toThrow(expect.objectContaining({ status: 403, code: 'FOREIGN_HOST' })),
  );

  it.each(['http://evil.example', 'null', 'http://localhost.evil.example', 'garbage'])('refuses the origin %s', (origin) =>
    expect(() => admit(request({ host: 'localhost', origin }), off)).toThrow(expect.objectContaining({ code: 'FOREIGN_ORIGIN' })),
  );

  it('takes an origin of this machine', () => {
    expect(admit(request({ host: 'localhost:8000', origin: 'http://localhost:5173' }), off)).toBe('local');
  });
});

describe('with authentication', () => {
  it('takes the right key only', () => {
    expect(admit(request({ authorization: 'Bearer the-key' }), required)).toBe('api-key:bootstrap');
    for (const authorization of ['Bearer wrong', 'Bearer the-keyy', 'Basic the-key', 'the-key', 'Bearer', '']) {
      expect(() => admit(request({ authorization }), required)).toThrow(expect.objectContaining({ status: 401 }));
    }
    expect(() => admit(request({}), required)).toThrow(expect.objectContaining({ status: 401 }));
  });

  it('takes no key when none is set', () => {
    const none: AccessMode = { kind: 'required', apiKey: undefined };
    expect(() => admit(request({ authorization: 'Bearer undefined' }), none)).toThrow(expect.objectContaining({ status: 401 }));
  });

  it('lets health through, and nothing that only looks like it', () => {
    for (const url of ['/health/live', '/health/ready', '/v1/health', '/v1/health?x=1']) {
      expect(admit(request({}, url), required)).toBe('anonymous');
    }
    for (const url of ['/v1/healthy', '/v1/health/../executions', '/health/live/x', '/v1/executions?/v1/health']) {
      expect(() => admit(request({}, url), required)).toThrow();
    }
  });
});

it('knows its own machine', () => {
  expect(['127.0.0.1', 'localhost', '::1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '192.168.0.1', 'example.com'].some(isLoopback)).toBe(false);
});
