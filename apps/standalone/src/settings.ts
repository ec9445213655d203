import { join, resolve } from 'node:path';
import { parseDuration } from '@jetsaga/contracts';

export interface Settings {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  /** Unset: embedded. */
  readonly natsUrl: string | undefined;
  /** Unset: embedded. */
  readonly databaseUrl: string | undefined;
  /** How long the apps may take to settle their work. */
  readonly shutdownGraceMs: number;
  /** What every app is told besides. */
  readonly appEnvironment: NodeJS.ProcessEnv;
}

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

/** Reads what `start` needs from the environment. All problems at once; each names the variable, what it holds and what it may hold. */
export function readSettings(env: NodeJS.ProcessEnv): { settings: Settings } | { problems: string[] } {
  const problems: string[] = [];
  const check = (name: string, standard: string, isValid: (value: string) => boolean, expected: string): string => {
    const value = env[name] || standard;
    if (!isValid(value)) problems.push(`${name} is ${JSON.stringify(value)}; expected ${expected}`);
    return value;
  };
  const address = (name: string, schemes: readonly string[]): string | undefined => {
    const value = check(
      name,
      '',
      (given) => given === '' || hasScheme(given, schemes),
      `an address that begins with ${schemes.join(' or ')}`,
    );
    return value || undefined;
  };

  const port = check('PORT', '8000', (value) => /^\d+$/.test(value) && +value >= 1 && +value <= 65_535, 'a port from 1 to 65535');
  const host = env.HOST || '127.0.0.1';
  const auth = check(
    'JETSAGA_AUTH',
    loopbackHosts.includes(host) ? 'off' : 'required',
    (value) => value === 'required' || (value === 'off' && loopbackHosts.includes(host)),
    'required, or, where HOST is a loopback address, off',
  );
  const grace = check('SHUTDOWN_GRACE', '30s', (value) => graceOf(value) !== undefined, 'a duration such as 30s or 2m');
  const home = resolve(env.JETSAGA_HOME || '.jetsaga');
  const natsUrl = address('NATS_URL', ['nats://', 'tls://']);
  const databaseUrl = address('DATABASE_URL', ['postgres://', 'postgresql://']);
  const storageUrl = address('STORAGE_URL', ['s3://', 'file:']) ?? `file:${join(home, 'blobs')}`;
  if (problems.length > 0) return { problems };

  return {
    settings: {
      home,
      host,
      port: Number(port),
      natsUrl,
      databaseUrl,
      shutdownGraceMs: graceOf(grace) ?? 0,
      appEnvironment: {
        JETSAGA_STANDALONE: '1',
        JETSAGA_HOME: home,
        JETSAGA_AUTH: auth,
        SHUTDOWN_GRACE: grace,
        STORAGE_URL: storageUrl,
        // What runs on one's own machine is what one's own workflows want to call.
        EGRESS_ALLOW: env.EGRESS_ALLOW ?? 'localhost,127.0.0.0/8,::1',
      },
    },
  };
}

/** A bare number means seconds. */
function graceOf(value: string): number | undefined {
  return parseDuration(/^\d+(\.\d+)?$/.test(value) ? Number(value) : value);
}

function hasScheme(value: string, schemes: readonly string[]): boolean {
  // NATS_URL may list several servers.
  return value.split(',').every((part) => schemes.some((scheme) => part.trim().startsWith(scheme)));
}
