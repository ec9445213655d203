import { join, resolve } from 'node:path';
import { parseDuration } from '@jetsaga/contracts';
import { z } from 'zod';
import { isLoopback, type AccessMode } from './http/access.ts';

export interface ApiSettings {
  readonly host: string;
  readonly port: number;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly storageUrl: string;
  readonly s3Endpoint: string | undefined;
  readonly access: AccessMode;
  readonly standalone: boolean;
  readonly shutdownGraceMs: number;
}

/** The environment does not fit; the message lists every problem. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
}

const given = (fallback: string) =>
  z
    .string()
    .optional()
    .transform((text) => text || fallback);

const environment = z
  .object({
    HOST: given('127.0.0.1'),
    PORT: given('8000').pipe(z.coerce.number<string>('expected a port from 0 to 65535').int().min(0).max(65_535)),
    NATS_URL: z.string('expected the address of the NATS server, such as nats://127.0.0.1:4222').min(1),
    DATABASE_URL: z.string('expected the address of the database, such as postgres://user:password@host:5432/jetsaga').min(1),
    JETSAGA_HOME: given('.jetsaga'),
    STORAGE_URL: z.string().optional(),
    S3_ENDPOINT: z.string().optional(),
    JETSAGA_STANDALONE: z.string().optional(),
    JETSAGA_AUTH: z.enum(['required', 'off', ''], 'expected required or off').optional(),
    JETSAGA_API_KEY: z.string().optional(),
    SHUTDOWN_GRACE: given('30s').transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: 'expected a duration such as 30s' });
      return z.NEVER;
    }),
  })
  .superRefine((env, context) => {
    if (env.JETSAGA_AUTH !== 'off' || isLoopback(env.HOST)) return;
    const message = `off is for a server that only this machine reaches, and HOST is ${env.HOST}; set it to required`;
    context.addIssue({ code: 'custom', path: ['JETSAGA_AUTH'], message });
  });

/** Throws SettingsInvalid with all problems. */
export function readSettings(env: NodeJS.ProcessEnv): ApiSettings {
  const read = environment.safeParse(env);
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsInvalid(`the environment does not fit:\n${problems.join('\n')}`);
  }
  const { data } = read;
  const standalone = data.JETSAGA_STANDALONE === '1';
  const off = data.JETSAGA_AUTH === 'off' || (!data.JETSAGA_AUTH && standalone && isLoopback(data.HOST));
  return {
    host: data.HOST,
    port: data.PORT,
    natsUrl: data.NATS_URL,
    databaseUrl: data.DATABASE_URL,
    storageUrl: data.STORAGE_URL || `file:${join(resolve(data.JETSAGA_HOME), 'blobs')}`,
    s3Endpoint: data.S3_ENDPOINT || undefined,
    access: off ? { kind: 'off' } : { kind: 'required', apiKey: data.JETSAGA_API_KEY || undefined },
    standalone,
    shutdownGraceMs: data.SHUTDOWN_GRACE,
  };
}
