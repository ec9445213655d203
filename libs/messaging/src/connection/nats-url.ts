import { MessagingError } from './messaging-error.ts';

export interface NatsTarget {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** Any of the servers was named with `tls://`. */
  readonly tls: boolean;
}

/**
 * One or more servers, separated by commas: `nats://user:password@host:4222,nats://other:4222`. A user without a password
 * is a token. The client library knows only `host:port`, hence the rest is taken apart here; credentials are the same for all
 * servers.
 */
export function parseNatsUrl(url: string): NatsTarget {
  const servers: string[] = [];
  let user: string | undefined;
  let pass: string | undefined;
  let tls = false;
  for (const part of url.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const parsed = parseOne(part.includes('://') ? part : `nats://${part}`);
    servers.push(`${parsed.hostname}:${parsed.port || '4222'}`);
    tls ||= parsed.protocol === 'tls:';
    if (parsed.username !== '') {
      user = decodeURIComponent(parsed.username);
      pass = parsed.password === '' ? undefined : decodeURIComponent(parsed.password);
    }
  }
  if (servers.length === 0)
    throw new MessagingError('NATS_CONFIG', 'the NATS URL names no server; example: nats://127.0.0.1:4222');
  if (user !== undefined && pass === undefined) return { servers, token: user, tls };
  return { servers, user, pass, tls };
}

function parseOne(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) {
    const shown = text.replace(/\/\/[^@]*@/, '//…@');
    throw new MessagingError('NATS_CONFIG', `'${shown}' is no NATS URL; example: nats://user:password@127.0.0.1:4222`);
  }
  return url;
}
