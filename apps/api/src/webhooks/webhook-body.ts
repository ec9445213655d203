import type { Json } from '@jetsaga/contracts';
import type { FastifyRequest } from 'fastify';
import { mediaType } from '../http/body-parsers.ts';
import { Problem } from '../http/problem.ts';
import { decodeText, parseStrictJson } from '../http/strict-json.ts';

/** The body as expressions see it: JSON, the fields of a form, or null. Errors: those of JSON, and 415. */
export function webhookBody(request: FastifyRequest, body: Uint8Array): Json {
  if (body.length === 0) return null;
  const type = mediaType(request);
  if (/^application\/([\w.!#$&^-]+\+)?json$/.test(type)) return parseStrictJson(body);
  if (type !== 'application/x-www-form-urlencoded') {
    throw new Problem(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `${type || 'this media type'} is not understood here; send application/json`,
    );
  }
  const fields = [...new URLSearchParams(decodeText(body))];
  return parseStrictJson(Buffer.from(JSON.stringify(Object.fromEntries(fields))));
}

const credentials = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** What expressions see of the headers: credentials stay out. */
export function webhookHeaders(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !credentials.has(name) ? [[name, value]] : [],
    ),
  );
}
