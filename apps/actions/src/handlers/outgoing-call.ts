import type { Json } from '@jetsaga/contracts';
import type { HandlerContext } from '@jetsaga/worker';
import type { HttpCall } from '../http/http-call.ts';
import type { CallConfig } from './call-config.ts';

/** The call that a configuration describes. Headers of the configuration win over ours, save for `auth`. */
export function outgoingCall(config: CallConfig, context: Pick<HandlerContext, 'idempotencyKey' | 'traceparent'>): HttpCall {
  const url = new URL(config.url);
  url.hash = '';
  for (const [name, value] of Object.entries(config.query)) {
    for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(each));
  }
  const own = Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const headers: Record<string, string> = {
    accept: 'application/json, */*;q=0.8',
    'accept-encoding': 'identity',
    'user-agent': 'jetsaga',
    'idempotency-key': context.idempotencyKey,
    ...(context.traceparent ? { traceparent: context.traceparent } : {}),
    ...(Object.fromEntries(own) as Record<string, string>),
    ...authorization(config.auth),
  };
  if (config.body === undefined) return { url, method: config.method, headers, body: null };
  headers['content-type'] ??= typeof config.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return { url, method: config.method, headers, body: bodyText(config.body, headers['content-type']) };
}

function bodyText(body: Json, contentType: string): string {
  if (typeof body === 'string') return body;
  const isForm = contentType.toLowerCase().startsWith('application/x-www-form-urlencoded');
  if (!isForm || typeof body !== 'object' || body === null || Array.isArray(body)) return JSON.stringify(body);
  const fields = Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return new URLSearchParams(fields as [string, string][]).toString();
}

function authorization(auth: CallConfig['auth']): Record<string, string> {
  switch (auth?.type) {
    case undefined:
      return {};
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
    case 'header':
      return { [auth.name.toLowerCase()]: auth.value };
  }
}
