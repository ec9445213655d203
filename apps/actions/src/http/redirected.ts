import type { HttpCall } from './http-call.ts';

/** What may be told to another origin than the one it was meant for. Everything else may be a secret. */
const harmless = ['accept', 'accept-encoding', 'accept-language', 'content-type', 'traceparent', 'user-agent'];
const redirects = [301, 302, 303, 307, 308];

/**
 * The call that a redirect asks for, as fetch does it: 303, and 301 or 302 after a POST, become GET without a body. To another
 * origin go harmless headers only. Undefined when the answer is no redirect.
 * Source: https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function redirected(call: HttpCall, status: number, location: string | undefined): HttpCall | undefined {
  if (!redirects.includes(status) || location === undefined || !URL.canParse(location, call.url.href)) return undefined;
  const url = new URL(location, call.url);
  const becomesGet = (status === 303 && call.method !== 'HEAD') || (status <= 302 && call.method === 'POST');
  const kept = Object.entries(call.headers).filter(
    ([name]) => (url.origin === call.url.origin || harmless.includes(name)) && !(becomesGet && name === 'content-type'),
  );
  return {
    url,
    method: becomesGet ? 'GET' : call.method,
    headers: Object.fromEntries(kept),
    body: becomesGet ? null : call.body,
  };
}
