import { parseDuration } from '@jetsaga/contracts';
import { z } from 'zod';

export interface ConfigurationVariable<Schema extends z.ZodType = z.ZodType> {
  /** One sentence, for the table of docs/configuration.md. */
  readonly description: string;
  /** As one would write it; absent where there is none. */
  readonly default?: string;
  /** Takes the variable's text, or undefined when it is not set or empty. */
  readonly schema: Schema;
}

const optional = z.string().optional();
const text = (standard: string) => z.string().default(standard);
const port = (standard: number) =>
  z.coerce
    .number<string | undefined>('expected a port from 0 to 65535')
    .int('expected a port from 0 to 65535')
    .min(0, 'expected a port from 0 to 65535')
    .max(65_535, 'expected a port from 0 to 65535')
    .default(standard);
const duration = (standard: string) =>
  z
    .string()
    .default(standard)
    .transform((given, context) => {
      const ms = parseDuration(/^\d+(\.\d+)?$/.test(given) ? Number(given) : given);
      if (ms !== undefined) return ms;
      context.addIssue({ code: 'custom', message: `'${given}' is no duration; expected one such as 30s or 2m` });
      return z.NEVER;
    });
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const infra = '`pnpm infra` starts the embedded servers and prints their addresses';

function variable<Schema extends z.ZodType>(parts: ConfigurationVariable<Schema>): ConfigurationVariable<Schema> {
  return parts;
}

/** Every environment variable that Jetsaga reads, by name. */
export const configurationVariables = {
  NATS_URL: variable({
    description: 'NATS servers, separated by commas: `nats://user:password@host:4222`. Unset in standalone: an embedded one',
    schema: z.string(`it is missing: the address of the NATS server, such as nats://127.0.0.1:4222; ${infra}`),
  }),
  NATS_CREDS: variable({ description: 'File with the credentials of a NATS user, as `nsc` writes it', schema: optional }),
  NATS_NKEY: variable({ description: 'File with an nkey seed', schema: optional }),
  NATS_CA: variable({ description: 'File with the certificate authority of the NATS servers', schema: optional }),
  NATS_CERT: variable({ description: 'File with the client certificate for NATS', schema: optional }),
  NATS_KEY: variable({ description: 'File with the key of that certificate', schema: optional }),
  DATABASE_URL: variable({
    description: 'Postgres: `postgres://user:password@host:5432/database`. Unset in standalone: an embedded one',
    schema: z.string(`it is missing: the address of the database, such as postgres://user:password@host:5432/jetsaga; ${infra}`),
  }),
  HOST: variable({ description: 'Address to listen on', default: '127.0.0.1', schema: text('127.0.0.1') }),
  PORT: variable({ description: 'Port of the API and the console', default: '8000', schema: port(8_000) }),
  HEALTH_PORT: variable({
    description:
      'Port for `/health/live`, `/health/ready` and `/metrics` of every process but the API; 0 takes a free one, and logs it',
    default: '0',
    schema: port(0),
  }),
  JETSAGA_HOME: variable({ description: 'Folder for local data', default: '.jetsaga', schema: text('.jetsaga') }),
  JETSAGA_AUTH: variable({
    description:
      '`required`, or `off`, which only a loopback address allows. Default `required`; in standalone on loopback `off`',
    schema: z.enum(['required', 'off'], 'expected required or off').optional(),
  }),
  JETSAGA_API_KEY: variable({ description: 'A key that the API accepts, with every right', schema: optional }),
  JETSAGA_STANDALONE: variable({
    description: '`1` in processes that standalone started; not to be set by hand',
    schema: optional,
  }),
  STORAGE_URL: variable({
    description:
      'Where large payloads and documents are: `file:/a/folder` or `s3://bucket/prefix`. All processes need the same. Default: `blobs` in JETSAGA_HOME',
    schema: optional,
  }),
  S3_ENDPOINT: variable({
    description: 'Another S3 server than Amazon’s, such as `http://minio:9000`',
    schema: z.url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' }).optional(),
  }),
  SECRETS: variable({
    description: 'Where secrets come from: `env`, the variables JETSAGA_SECRET_<NAME>',
    default: 'env',
    schema: z.literal('env', 'expected env').default('env'),
  }),
  EGRESS_ALLOW: variable({
    description:
      'Hosts and networks that outgoing calls may reach although private, separated by commas: `localhost,10.1.0.0/16,::1`',
    schema: optional,
  }),
  INGESTION_FILE_ROOT: variable({
    description: 'Folder whose files `parse_document` may read by `file:` addresses. Unset: none',
    schema: optional,
  }),
  OPENAI_API_KEY: variable({ description: 'Key for the model provider', schema: optional }),
  OPENAI_BASE_URL: variable({ description: 'Any OpenAI-compatible endpoint. Default: OpenAI’s own', schema: optional }),
  OPENAI_MODEL: variable({ description: 'Model for steps that name none', default: 'gpt-5-mini', schema: optional }),
  OPENAI_EMBEDDING_MODEL: variable({
    description: 'Likewise for embeddings',
    default: 'text-embedding-3-small',
    schema: optional,
  }),
  LOG_LEVEL: variable({
    description: logLevels.map((level) => `\`${level}\``).join(', '),
    default: 'info',
    schema: z.enum(logLevels, `expected one of ${logLevels.join(', ')}`).default('info'),
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable({
    description: 'Where traces are sent, with the other standard OTEL_* variables. Unset: nothing is sent',
    schema: optional,
  }),
  WORKER_CONCURRENCY: variable({
    description: 'Handlers that a service runs at a time',
    default: '10',
    schema: z.coerce
      .number<string | undefined>('expected a whole number above 0')
      .int('expected a whole number above 0')
      .min(1, 'expected a whole number above 0')
      .max(10_000, 'expected at most 10000')
      .default(10),
  }),
  SHUTDOWN_GRACE: variable({
    description: 'How long a process may take to finish its work once it is told to stop',
    default: '30s',
    schema: duration('30s'),
  }),
} as const;

export type VariableName = keyof typeof configurationVariables;
