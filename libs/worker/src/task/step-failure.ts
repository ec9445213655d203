import type { Json, StepResult } from '@jetsaga/contracts';
import { RetryableError, TerminalError } from '../handler-errors.ts';

export type StepFailure = NonNullable<StepResult['error']>;

/** What is reported of an error is bounded: it is stored with the step. */
const longestMessage = 10_000;
const longestDetails = 32_000;

/** What a handler threw, as the coordinator is told it. */
export function stepFailure(thrown: unknown): StepFailure {
  if (thrown instanceof TerminalError) {
    return { code: thrown.code, message: messageOf(thrown), ...detailsOf(thrown.details), retryable: false };
  }
  if (thrown instanceof RetryableError) {
    return {
      code: thrown.code,
      message: messageOf(thrown),
      ...detailsOf(thrown.details),
      retryable: true,
      ...(thrown.retryAfterMs !== undefined && { retryAfterMs: Math.max(0, thrown.retryAfterMs) }),
      ...(thrown.definite ? {} : { definite: false }),
    };
  }
  const { code, retryable } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    code?: unknown;
    retryable?: unknown;
  };
  return {
    code: typeof code === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(code) ? code : 'HANDLER_ERROR',
    message: messageOf(thrown),
    retryable: retryable !== false,
  };
}

function messageOf(thrown: unknown): string {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
  const text = isError ? String((thrown as Error).message) : String(thrown);
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

function detailsOf(details: Json | undefined): { details?: Json } {
  if (details === undefined) return {};
  const text = JSON.stringify(details);
  if (text.length <= longestDetails) return { details };
  return { details: { shortened: text.slice(0, 1_000) } };
}
