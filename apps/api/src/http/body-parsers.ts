import { limits } from '@jetsaga/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';
import { decodeText, parseStrictJson } from './strict-json.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its body as text of any media type, and makes sense of it itself. */
    readonly takesText?: boolean;
    /** The route takes its body as it was sent, whatever its media type. */
    readonly takesBytes?: boolean;
    /** The route reads a form with a file. */
    readonly takesFile?: boolean;
  }
}

/** Bodies other than definitions and uploads. */
export const bodyLimit = 10 * 1024 * 1024;

const jsonTypes = /^application\/([\w.!#$&^-]+\+)?json$/;

/** JSON for every route, text for those that ask for it, nothing else. Multipart has its own parser. */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parser = async (request: FastifyRequest, body: Buffer): Promise<unknown> => {
    refuseEncodings(request);
    if (request.routeOptions.config.takesBytes) return body;
    if (request.routeOptions.config.takesText) return takeText(body);
    const type = mediaType(request);
    if (!jsonTypes.test(type)) {
      throw new Problem(
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        `${type || 'this media type'} is not understood here; send application/json`,
      );
    }
    return body.length === 0 ? undefined : parseStrictJson(body);
  };
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, parser);
}

/** Errors: 415, where a form is sent to a route that reads none. */
export function refuseForms(request: FastifyRequest): void {
  if (request.is404 || request.routeOptions.config.takesFile || mediaType(request) !== 'multipart/form-data') return;
  throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', 'multipart/form-data is not understood here; send application/json');
}

export function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function takeText(body: Buffer): string {
  if (body.length > limits.definitionBytes) {
    throw new Problem(413, 'TOO_LARGE', `a definition may have ${limits.definitionBytes} bytes, this one has ${body.length}`);
  }
  return decodeText(body);
}

function refuseEncodings(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem(415, 'UNSUPPORTED_ENCODING', `Content-Encoding ${encoding} is not understood; send the body as it is`);
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Problem(415, 'UNSUPPORTED_ENCODING', `charset ${charset} is not understood; send UTF-8`);
  }
}
