import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { traceFields } from './trace-context.ts';

export type Logger = PinoLogger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  /** The process or part that speaks. */
  readonly name: string;
  /** Default: `LOG_LEVEL`, else `info`. */
  readonly level?: LogLevel;
  /** For people rather than machines. Default: only when standard output is a terminal. */
  readonly pretty?: boolean;
  /** Further names of fields whose values never appear. */
  readonly redact?: readonly string[];
  /** Where lines go. Default: standard output. */
  readonly destination?: DestinationStream;
}

const secretFields = [
  'authorization',
  'cookie',
  'password',
  'pass',
  'secret',
  'secrets',
  'token',
  'apiKey',
  'api_key',
  'accessKey',
  'secretAccessKey',
  'privateKey',
  'x-api-key',
  'set-cookie',
];

/**
 * JSON lines, one object each, with `time` (ISO 8601), `level` as a word, `name`, `msg`, and `trace_id` and `span_id` when
 * there is a trace. Fields that name an execution are called `execution` and `path` everywhere. The values of secret
 * fields are replaced, down to three levels.
 */
export function createLogger(options: LoggerOptions): Logger {
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY === true);
  const settings = {
    name: options.name,
    level: options.level ?? levelFromEnvironment(),
    base: { name: options.name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: traceFields,
    redact: { paths: redactedPaths([...secretFields, ...(options.redact ?? [])]), censor: '[redacted]' },
  };
  if (pretty) return pino(settings, prettyStream(options.destination));
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

const levels: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function levelFromEnvironment(): string {
  const level = process.env['LOG_LEVEL']?.trim().toLowerCase();
  return level !== undefined && levels.includes(level) ? level : 'info';
}

function redactedPaths(fields: readonly string[]): string[] {
  return fields.flatMap((field) => {
    const key = /^[A-Za-z_]\w*$/.test(field) ? `.${field}` : `["${field}"]`;
    return [key.replace(/^\./, ''), `*${key}`, `*.*${key}`];
  });
}

/** Loaded only when it is wanted: a service in production never pays for it. */
function prettyStream(destination: DestinationStream = process.stdout): DestinationStream {
  const require = createRequire(import.meta.url);
  const { prettyFactory } = require('pino-pretty') as { prettyFactory: (options: object) => (line: string) => string };
  const format = prettyFactory({
    colorize: destination === process.stdout && process.stdout.isTTY,
    ignore: 'pid,hostname,trace_id,span_id',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => void destination.write(format(line)) };
}
