import type { FastifyRequest } from 'fastify';

/** The caller's trace, if it sent one that is well formed. Source: https://www.w3.org/TR/trace-context/ */
export function traceparentOf(request: FastifyRequest): string | null {
  const header = request.headers['traceparent'];
  return typeof header === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : null;
}
