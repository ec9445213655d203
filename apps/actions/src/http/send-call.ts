import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { TerminalError } from '@jetsaga/worker';
import { request, type Dispatcher } from 'undici';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { redirected } from './redirected.ts';

export interface SendOptions {
  readonly agent: Dispatcher;
  readonly signal: AbortSignal;
  readonly maxResponseBytes: number;
  /** An answer with such a status is wanted, and not followed even if it is a redirect. */
  isExpected(status: number): boolean;
}

const mostRedirects = 3;

/**
 * Sends the call, follows redirects, reads the answer within its limit. Rejects with what undici throws; terminal errors:
 * RESPONSE_TOO_LARGE, TOO_MANY_REDIRECTS, REDIRECT_REFUSED.
 */
export async function sendCall(call: HttpCall, options: SendOptions): Promise<HttpAnswer> {
  let current = call;
  for (let followed = 0; ; followed += 1) {
    const { url, method, headers, body } = current;
    const response = await request(url, {
      dispatcher: options.agent,
      method: method as Dispatcher.HttpMethod,
      headers,
      body,
      signal: options.signal,
    });
    const answered = joined(response.headers);
    const next = options.isExpected(response.statusCode)
      ? undefined
      : redirected(current, response.statusCode, answered['location']);
    if (!next) return { status: response.statusCode, headers: answered, body: await bodyOf(response, answered, options) };
    response.body.destroy();
    response.body.on('error', () => undefined);
    if (followed === mostRedirects) {
      throw new TerminalError('TOO_MANY_REDIRECTS', `${call.url.origin} redirected more than ${mostRedirects} times`);
    }
    if (next.url.protocol !== 'http:' && next.url.protocol !== 'https:') {
      throw new TerminalError('REDIRECT_REFUSED', `${url.origin} redirects to ${next.url.protocol}, which is not HTTP`);
    }
    current = next;
  }
}

async function bodyOf(
  response: Dispatcher.ResponseData,
  headers: HttpAnswer['headers'],
  { maxResponseBytes }: SendOptions,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += (chunk as Buffer).byteLength;
    if (size > maxResponseBytes) {
      response.body.destroy();
      throw tooLarge(maxResponseBytes);
    }
    chunks.push(chunk as Buffer);
  }
  return decoded(Buffer.concat(chunks), headers['content-encoding'], maxResponseBytes);
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const;

/** It was asked for plain; some servers compress all the same. */
async function decoded(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (body.length === 0 || !(name in decoders)) return body;
  try {
    return await decoders[name as keyof typeof decoders](body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw error;
  }
}

function tooLarge(maxBytes: number): TerminalError {
  return new TerminalError('RESPONSE_TOO_LARGE', `the response is larger than maxResponseBytes (${maxBytes})`);
}

function joined(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { ...result };
}
