import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from '@jetsaga/contracts';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes this request; '' until it is known. */
    actor: Actor;
  }
}

/** Who came in without a key, where none is asked for. */
export const anonymous: Actor = 'anonymous';

/** How requests are let in. `off` is for a server that only this machine reaches. */
export type AccessMode = { readonly kind: 'off' } | { readonly kind: 'required'; readonly apiKey: string | undefined };

/** Whether an address is this machine's own. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(host) || host === '::1' || host === '[::1]'
  );
}

const open = /^\/(health\/(live|ready)|v1\/health)(\?|$)/;
/** Each webhook verifies its requests itself; most of who sends them has no key. */
const hooks = /^\/v1\/hooks\//;

/**
 * Decides who makes the request, before anything of its body is read.
 * Errors: 403 FOREIGN_HOST and FOREIGN_ORIGIN when authentication is off, 401 UNAUTHENTICATED when it is required.
 */
export function admit(request: FastifyRequest, mode: AccessMode): Actor {
  if (mode.kind === 'off') {
    refuseRebinding(request);
    return 'local';
  }
  if (open.test(request.url)) return anonymous;
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && mode.apiKey !== undefined && sameSecret(given, mode.apiKey)) return 'api-key:bootstrap';
  if (hooks.test(request.url)) return anonymous;
  throw new Problem(401, 'UNAUTHENTICATED', 'send `Authorization: Bearer <api key>` with a key that this server knows', {
    headers: { 'www-authenticate': 'Bearer realm="jetsaga"' },
  });
}

/**
 * Without authentication, a page of some other site must not reach this server through the visitor's browser: neither by
 * a name that it made resolve to 127.0.0.1 (Host), nor by a request across origins (Origin).
 */
function refuseRebinding(request: FastifyRequest): void {
  const host = hostOf(request.headers.host ?? '');
  if (host === undefined || !isLoopback(host)) {
    throw new Problem(403, 'FOREIGN_HOST', 'this server runs without authentication and answers only to localhost');
  }
  const { origin } = request.headers;
  if (origin === undefined) return;
  const from = URL.canParse(origin) ? new URL(origin).hostname : undefined;
  if (from === undefined || !isLoopback(from)) {
    throw new Problem(403, 'FOREIGN_ORIGIN', 'this server runs without authentication and takes no requests from other sites');
  }
}

function hostOf(header: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:@/\\?#\s]+)(:\d{1,5})?$/i.exec(header)?.[1]?.toLowerCase();
}

/** Hashed first: equal lengths for the comparison, whose time then says nothing. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
