import type { ConnectionOptions as TlsOptions } from 'node:tls';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: TlsOptions | false;
}

/**
 * Reads a `postgres://` address. `?host=/directory` means a Unix socket; `sslmode` is `disable`, `require` (encrypted,
 * certificate not checked, as libpq has it) or `verify-full`.
 * Throws DATABASE_URL_INVALID in words when it is none.
 */
export function connectionOptions(address: string): ConnectionOptions {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new Error(
      'DATABASE_URL_INVALID: DATABASE_URL is not an address; expected postgres://user:password@host:5432/database',
      {
        cause,
      },
    );
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new Error(`DATABASE_URL_INVALID: DATABASE_URL must begin with postgres://, not ${url.protocol}//`);
  }
  const sslMode = url.searchParams.get('sslmode') ?? 'disable';
  const ssl = { disable: false, prefer: false, require: { rejectUnauthorized: false }, 'verify-full': {} }[sslMode];
  if (ssl === undefined)
    throw new Error(`DATABASE_URL_INVALID: sslmode=${sslMode} is not known; use disable, require or verify-full`);
  return {
    host: url.searchParams.get('host') ?? (url.hostname || 'localhost'),
    port: Number(url.searchParams.get('port') ?? (url.port || 5432)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ssl: ssl as TlsOptions | false,
  };
}
