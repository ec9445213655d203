import type { ErrorShape, Json } from '@jetsaga/contracts';
import { z } from 'zod';

/** What a service answers instead of a result: the code is stable, and the message is for whoever called. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly details?: Json;

  constructor(code: string, message: string, options: ErrorOptions & { details?: Json } = {}) {
    super(message, options);
    this.code = code;
    this.details = options.details;
  }
}

/** Header that marks a reply as an error; its value is the code. */
export const errorHeader = 'Jetsaga-Error';

/** What the caller is told. Of an error that nobody foresaw it is told no more than that. */
export function errorShapeOf(error: unknown): ErrorShape {
  if (error instanceof ServiceError) {
    return { code: error.code, message: error.message, ...(error.details === undefined ? {} : { details: error.details }) };
  }
  if (error instanceof z.ZodError) return { code: 'INVALID_REQUEST', message: z.prettifyError(error) };
  return { code: 'INTERNAL', message: 'the service failed; its log says more' };
}
