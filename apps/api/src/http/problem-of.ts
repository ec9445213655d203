import { types } from 'node:util';
import { HttpException } from '@nestjs/common';
import { ServiceCallError } from '@jetsaga/messaging';
import { Problem } from './problem.ts';

/** What Fastify and Node call the ways in which a request can be unreadable. Source: https://fastify.dev/docs/latest/Reference/Errors/ */
const framework: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_BAD_URL: [400, 'INVALID_URL', 'the path has an invalid percent-encoding'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'URL_TOO_LONG', 'a part of the path is too long'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'TOO_LARGE', 'the body is larger than this server takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'this media type is not understood here; send application/json',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'INVALID_CONTENT_LENGTH', 'the body is not as long as Content-Length says'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', 'send the file as multipart/form-data'],
  FST_REQ_FILE_TOO_LARGE: [413, 'TOO_LARGE', 'the file is larger than this server takes'],
  FST_PARTS_LIMIT: [413, 'TOO_LARGE', 'the form has too many parts'],
  FST_FILES_LIMIT: [413, 'TOO_LARGE', 'the form has too many files'],
  FST_FIELDS_LIMIT: [413, 'TOO_LARGE', 'the form has too many fields'],
  FST_PROTO_VIOLATION: [422, 'FORBIDDEN_KEY', 'a field of the form has a name that is not allowed'],
  ERR_STREAM_PREMATURE_CLOSE: [400, 'UNREADABLE', 'the body ended too early'],
};

/** Where Postgres or NATS being away comes to light. Sources: Node's system errors, Postgres class 57 and 08, nats-core's error names. */
const awayCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|57P0[1-3]|08\w{3}|53300|NATS_UNREACHABLE|NATS_DISCONNECTED|STREAM_UNAVAILABLE|PUBLISH_TIMEOUT)$/;
const awayNames = /^(NoRespondersError|ClosedConnectionError|ConnectionError|DrainingConnectionError|TimeoutError|RequestError)$/;
const awayMessages =
  /connection (was )?(terminated|closed|error|timeout)|timeout exceeded when trying to connect|not queryable|nothing was written/i;

/**
 * The one place where an error becomes a problem. Undefined: nobody knows this error, and nothing of it is told to the client.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) return problemOf(error.cause) ?? fromNest(error);
  if (error instanceof ServiceCallError) return fromService(error);
  // Fastify's errors are only instances; Node's own may come from another realm, and only look like it.
  if (!(error instanceof Error || types.isNativeError(error))) return undefined;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && Object.hasOwn(framework, code)) {
    const [status, ours, detail] = framework[code]!;
    return new Problem(status, ours, detail, { cause: error });
  }
  if ((typeof code === 'string' && awayCodes.test(code)) || awayNames.test(error.name) || awayMessages.test(error.message)) {
    return new Problem(503, 'NOT_READY', 'a server that this one needs is away at the moment; try again', {
      cause: error,
      headers: { 'retry-after': '1' },
    });
  }
  const { statusCode } = error as Error & { statusCode?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, statusCode === 400 ? 'UNREADABLE' : 'REFUSED', error.message, { cause: error });
  }
  return undefined;
}

/** Services name what was not found, or not valid, by the end or the beginning of their codes. Undefined: it is their fault. */
function fromService(error: ServiceCallError): Problem | undefined {
  const { code, message } = error;
  if (code === 'SERVICE_UNAVAILABLE' || code === 'SERVICE_TIMEOUT' || code === 'REQUEST_NOT_SENT') {
    return new Problem(503, code, message, { cause: error, headers: { 'retry-after': '1' } });
  }
  if (code.endsWith('_NOT_FOUND')) return new Problem(404, code, message, { cause: error });
  if (code.startsWith('INVALID_')) return new Problem(422, code, message, { cause: error });
  return code === 'INTERNAL' || code === 'SERVICE_REPLY_INVALID' ? undefined : new Problem(409, code, message, { cause: error });
}

function fromNest(error: HttpException): Problem {
  const status = error.getStatus();
  const code = { 400: 'UNREADABLE', 404: 'NOT_FOUND', 413: 'TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE', 503: 'NOT_READY' }[status];
  return new Problem(status, code ?? 'REFUSED', error.message, { cause: error });
}
