import { join, resolve } from 'node:path';
import { ConfigurationInvalid, loadConfiguration, type VariableName } from '@jetsaga/service';
import { isLoopback, type AccessMode } from './http/access.ts';

export const apiVariables = [
  'HOST',
  'PORT',
  'NATS_URL',
  'DATABASE_URL',
  'STORAGE_URL',
  'S3_ENDPOINT',
  'JETSAGA_HOME',
  'JETSAGA_STANDALONE',
  'JETSAGA_AUTH',
  'JETSAGA_API_KEY',
  'LOG_LEVEL',
  'SHUTDOWN_GRACE',
] as const satisfies VariableName[];

export interface ApiSettings {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly storageUrl: string;
  readonly s3Endpoint: string | undefined;
  readonly access: AccessMode;
  readonly standalone: boolean;
}

/** Throws ConfigurationInvalid with every problem; authentication may be off only where nobody else can reach the server. */
export function readSettings(environment: NodeJS.ProcessEnv): ApiSettings {
  const given = loadConfiguration(apiVariables, environment);
  if (given.JETSAGA_AUTH === 'off' && !isLoopback(given.HOST)) {
    throw new ConfigurationInvalid([
      `JETSAGA_AUTH: off is for a server that only this machine can reach, and HOST is ${given.HOST}; set it to required, with a key in JETSAGA_API_KEY`,
    ]);
  }
  const standalone = given.JETSAGA_STANDALONE === '1';
  const off = given.JETSAGA_AUTH === 'off' || (given.JETSAGA_AUTH === undefined && standalone && isLoopback(given.HOST));
  return {
    host: given.HOST,
    port: given.PORT,
    natsUrl: given.NATS_URL,
    databaseUrl: given.DATABASE_URL,
    storageUrl: given.STORAGE_URL ?? `file:${join(resolve(given.JETSAGA_HOME), 'blobs')}`,
    s3Endpoint: given.S3_ENDPOINT,
    access: off ? { kind: 'off' } : { kind: 'required', apiKey: given.JETSAGA_API_KEY },
    standalone,
  };
}
