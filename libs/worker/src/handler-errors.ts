import type { Json } from '@jetsaga/contracts';

/** The step fails for good: no retry can help. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly code: string;
  readonly details?: Json;

  constructor(code: string, message: string, options: ErrorOptions & { details?: Json } = {}) {
    super(message, options);
    this.code = code;
    this.details = options.details;
  }
}

/** The step is tried again by its retry policy, not before `retryAfterMs` where that is given. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly code: string;
  readonly details?: Json;
  readonly retryAfterMs?: number;
  /** False where the outcome is unknown (a timeout, a lost connection): the idempotency key then stays the same. */
  readonly definite: boolean;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { details?: Json; retryAfterMs?: number; definite?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.definite = options.definite ?? true;
  }
}
