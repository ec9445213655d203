import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@jetsaga/telemetry';
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  errors,
  nkeyAuthenticator,
  UserAuthenticationExpiredError,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { MessagingError } from './messaging-error.ts';
import { parseNatsUrl } from './nats-url.ts';
import { followConnection } from './follow-connection.ts';

export interface NatsOptions {
  /** `nats://user:password@host:port`, several separated by commas. */
  readonly url: string;
  /** Shown by the server in its list of connections. */
  readonly name: string;
  readonly log?: Logger;
  /** Keep trying until the server is there, rather than fail at the first refusal. Wrong credentials fail at once. */
  readonly waitOnFirstConnect?: boolean;
  readonly signal?: AbortSignal;
  /** File with a user's credentials, as `nsc` writes it. */
  readonly credsFile?: string;
  /** File with an nkey seed. */
  readonly nkeyFile?: string;
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

const oldestServer = [2, 9] as const;
const firstRetryMs = 100;
const retryCapMs = 2_000;

/** NATS_CREDS, NATS_NKEY, NATS_CA, NATS_CERT and NATS_KEY: names of files. */
export function natsFilesFromEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Pick<NatsOptions, 'credsFile' | 'nkeyFile' | 'tls'> {
  const file = (name: string) => environment[name] || undefined;
  const tls = { caFile: file('NATS_CA'), certFile: file('NATS_CERT'), keyFile: file('NATS_KEY') };
  return {
    credsFile: file('NATS_CREDS'),
    nkeyFile: file('NATS_NKEY'),
    ...(tls.caFile || tls.certFile || tls.keyFile ? { tls } : {}),
  };
}

/**
 * A connection that is re-established for ever, with jitter, once it has been made. Errors: NATS_UNREACHABLE, NATS_AUTH,
 * NATS_TOO_OLD, NATS_NO_JETSTREAM, NATS_CONFIG.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const settings = connectionSettings(options);
  const connection = await firstConnect(settings, options);
  try {
    checkServer(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const { log } = options;
  if (log) {
    followConnection(connection, {
      disconnected: () => log.warn({ server: connection.getServer() }, 'NATS: connection lost, reconnecting'),
      reconnected: () => log.info({ server: connection.getServer() }, 'NATS: connected again'),
      failed: (error) => log.warn({ err: error }, 'NATS: the server reports an error'),
    });
  }
  return connection;
}

function connectionSettings(options: NatsOptions): NodeConnectionOptions {
  const { servers, user, pass, token, tls } = parseNatsUrl(options.url);
  const read = (file: string) => {
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new MessagingError('NATS_CONFIG', `cannot read ${file}, which the NATS settings name`, { cause });
    }
  };
  const authenticator = options.credsFile
    ? credsAuthenticator(read(options.credsFile))
    : options.nkeyFile
      ? nkeyAuthenticator(new TextEncoder().encode(read(options.nkeyFile).toString().trim()))
      : undefined;
  return {
    servers,
    user,
    pass,
    token,
    ...(authenticator ? { authenticator } : {}),
    ...(options.tls || tls ? { tls: { ...options.tls } } : {}),
    name: options.name,
    // Each request would build two stack traces otherwise: a quarter of a coordinator's CPU.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => 100 + Math.random() * 400,
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 5_000,
  };
}

async function firstConnect(settings: NodeConnectionOptions, options: NatsOptions): Promise<NatsConnection> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await connect(settings);
    } catch (cause) {
      const where = settings.servers?.toString() ?? '';
      if (cause instanceof AuthorizationError || cause instanceof UserAuthenticationExpiredError) {
        throw new MessagingError('NATS_AUTH', `NATS at ${where} refuses these credentials; check NATS_URL or NATS_CREDS`, {
          cause,
        });
      }
      if (cause instanceof errors.InvalidArgumentError) throw new MessagingError('NATS_CONFIG', cause.message, { cause });
      if (!options.waitOnFirstConnect || options.signal?.aborted) {
        throw new MessagingError('NATS_UNREACHABLE', `NATS at ${where} cannot be reached; is it running, and NATS_URL right?`, {
          cause,
        });
      }
      if (attempt === 0) options.log?.warn({ servers: where }, 'NATS: not reachable yet, waiting for it');
      const cap = Math.min(retryCapMs, firstRetryMs * 2 ** attempt);
      await pause(cap / 2 + (Math.random() * cap) / 2, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

function checkServer(connection: NatsConnection): void {
  const version = connection.info?.version ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major < oldestServer[0] || (major === oldestServer[0] && minor < oldestServer[1])) {
    throw new MessagingError(
      'NATS_TOO_OLD',
      `the NATS server is ${version}; Jetsaga needs ${oldestServer.join('.')} or newer: update it`,
    );
  }
  if (connection.info?.jetstream !== true) {
    throw new MessagingError(
      'NATS_NO_JETSTREAM',
      'the NATS server runs without JetStream: start it with `-js` or a `jetstream` block',
    );
  }
}
