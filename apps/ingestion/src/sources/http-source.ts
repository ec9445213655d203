import { RetryableError, TerminalError } from '@jetsaga/worker';
import { request } from 'undici';
import { collectBytes } from './collect-bytes.ts';

const mostRedirects = 3;

/**
 * A file from a web server, whose host (or host and port) EGRESS_ALLOW must name: everything else is refused, so that
 * no address inside a document or an event makes this service ask around in its network. Redirects are held to the same.
 */
export async function readHttp(
  allowed: readonly string[],
  uri: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  let target = uri;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const url = checked(allowed, target);
    const { statusCode, headers, body } = await send(url, options.signal);
    if (statusCode === 200) return collect(body, uri, options.maxBytes);
    await body.dump();
    const location = headers.location;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      target = new URL(location, url).href;
      continue;
    }
    throw failureOfStatus(statusCode, uri);
  }
  throw new TerminalError('SOURCE_REFUSED', `${uri} redirects more than ${mostRedirects} times`, { details: { uri } });
}

function checked(allowed: readonly string[], address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new TerminalError('INVALID_URI', `${address} is no address of the web`, { details: { uri: address } });
  if (!allowed.includes(url.hostname) && !allowed.includes(url.host))
    throw new TerminalError('NOT_CONFIGURED', `${url.host} is not asked for documents unless EGRESS_ALLOW names it`, {
      details: { uri: address },
    });
  return url;
}

async function send(url: URL, signal: AbortSignal) {
  try {
    return await request(url, { signal, headersTimeout: 30_000, bodyTimeout: 30_000, headers: { accept: '*/*' } });
  } catch (cause) {
    throw unavailable(url.href, cause);
  }
}

async function collect(body: AsyncIterable<Uint8Array>, uri: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return await collectBytes(body, maxBytes);
  } catch (cause) {
    if (cause instanceof TerminalError) throw cause;
    throw unavailable(uri, cause);
  }
}

function failureOfStatus(status: number, uri: string): Error {
  const details = { uri, status };
  if (status === 404 || status === 410) return new TerminalError('SOURCE_NOT_FOUND', `${uri} answers ${status}`, { details });
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return new RetryableError('SOURCE_UNAVAILABLE', `${uri} answers ${status}`, { details });
  return new TerminalError('SOURCE_REFUSED', `${uri} answers ${status}`, { details });
}

function unavailable(uri: string, cause: unknown): RetryableError {
  return new RetryableError(
    'SOURCE_UNAVAILABLE',
    `${uri} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      cause,
      details: { uri },
      definite: false,
    },
  );
}
