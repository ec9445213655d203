import type { Logger } from './logger.ts';

/** Nest's `LoggerService`: what the framework says goes into the same stream of lines as everything else. */
export class NestLogger {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    const { part, fields } = describe(message, rest);
    // Nest lists every route and module at its start; that is for whoever debugs.
    this.logger[bootNoise.has(part ?? '') ? 'debug' : 'info'](fields, textOf(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(describe(message, rest).fields, textOf(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(describe(message, rest).fields, textOf(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(describe(message, rest).fields, textOf(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(describe(message, rest).fields, textOf(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(describe(message, rest).fields, textOf(message));
  }
}

const bootNoise = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestMicroservice']);

/** Nest passes the part that speaks as the last argument, and a stack before it. */
function describe(message: unknown, rest: unknown[]): { part?: string; fields: Record<string, unknown> } {
  const last = rest.at(-1);
  const part = typeof last === 'string' && !last.includes('\n') ? last : undefined;
  const stack = rest.find((value) => typeof value === 'string' && value.includes('\n    at '));
  const error = message instanceof Error ? message : rest.find((value) => value instanceof Error);
  return {
    part,
    fields: { ...(part ? { part } : {}), ...(error ? { err: error } : {}), ...(stack && !error ? { stack } : {}) },
  };
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message));
}
