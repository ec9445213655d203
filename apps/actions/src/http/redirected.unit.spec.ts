import { expect, it } from '@jest/globals';
import type { HttpCall } from './http-call.ts';
import { redirected } from './redirected.ts';

const post: HttpCall = {
  url: new URL('https://one.example/a?x=1'),
  method: 'POST',
  headers: { authorization: 'Bearer s', 'x-api-key': 's', cookie: 'c', 'content-type': 'text/plain', accept: '*/*' },
  body: 'b',
};

it('keeps everything on the same origin', () => {
  expect(redirected(post, 307, '/b')).toEqual({ ...post, url: new URL('https://one.example/b') });
});

it.each(['https://two.example/', 'http://one.example/', 'https://one.example:444/', '//two.example'])(
  'takes no secret along to %s',
  (location) => {
    expect(redirected(post, 308, location)?.headers).toEqual({ 'content-type': 'text/plain', accept: '*/*' });
  },
);

it.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [301, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
])('%i of %s becomes %s', (status, method, expected) => {
  const next = redirected({ ...post, method }, status, '/b');
  expect(next?.method).toBe(expected);
  expect(next?.body).toBe(expected === 'GET' ? null : 'b');
});

it.each([
  [200, '/b'],
  [304, '/b'],
  [302, undefined],
  [302, 'http://[broken'],
])('%i with location %s is none', (status, location) => {
  expect(redirected(post, status, location)).toBeUndefined();
});
