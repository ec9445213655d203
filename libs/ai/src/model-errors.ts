import { RetryableError, TerminalError } from '@jetsaga/worker';
import { APIConnectionError, APIError } from 'openai';

export function abortedCall(model: string, cause: unknown): Error {
  return new RetryableError('MODEL_CALL_ABORTED', `the call of ${model} was aborted`, {
    cause,
    details: { model },
    definite: false,
  });
}

export function timedOutCall(model: string, cause: unknown): Error {
  return new RetryableError('MODEL_TIMEOUT', `${model} did not answer in time`, { cause, details: { model }, definite: false });
}

/** What a failed call of a model means for the step that made it. */
export function modelFailure(error: unknown, model: string): Error {
  if (error instanceof RetryableError || error instanceof TerminalError) return error;
  const details = { model };
  if (error instanceof APIConnectionError)
    return new RetryableError(
      'MODEL_UNREACHABLE',
      `the endpoint of ${model} cannot be reached: ${reasonOf(error)}; check OPENAI_BASE_URL`,
      { cause: error, details, definite: false },
    );
  if (error instanceof APIError && typeof error.status === 'number') return failureOfStatus(error, error.status, model);
  return new RetryableError('MODEL_ANSWER_MALFORMED', `${model} gave an answer that cannot be read: ${reasonOf(error)}`, {
    cause: error,
    details,
  });
}

function failureOfStatus(error: APIError, status: number, model: string): Error {
  const details = { model, status };
  const said = error.message;
  if (status === 429) {
    // Both are 429: a limit that passes, and an account that is empty until somebody pays.
    if (error.code === 'insufficient_quota')
      return new TerminalError('MODEL_QUOTA_EXCEEDED', `the account's quota for ${model} is used up: ${said}`, {
        cause: error,
        details,
      });
    return new RetryableError('MODEL_RATE_LIMITED', `${model} is rate limited: ${said}`, {
      cause: error,
      details,
      retryAfterMs: retryAfterMs(error.headers),
    });
  }
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return new RetryableError('MODEL_UNAVAILABLE', `the endpoint of ${model} answered ${status}: ${said}`, {
      cause: error,
      details,
      retryAfterMs: retryAfterMs(error.headers),
    });
  if (status === 401 || status === 403)
    return new TerminalError(
      'MODEL_UNAUTHORIZED',
      `the endpoint of ${model} refuses the key (${status}): ${said}; check OPENAI_API_KEY`,
      {
        cause: error,
        details,
      },
    );
  if (status === 404)
    return new TerminalError('MODEL_NOT_FOUND', `the endpoint does not know the model ${model}: ${said}`, {
      cause: error,
      details,
    });
  return new TerminalError('MODEL_REQUEST_REFUSED', `the endpoint of ${model} answered ${status}: ${said}`, {
    cause: error,
    details,
  });
}

/** `Retry-After` in seconds or as a date, or the `retry-after-ms` that OpenAI sends. Longer than an hour is not believed. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const inMs = headers?.get('retry-after-ms');
  const value = headers?.get('retry-after');
  const wait =
    inMs != null
      ? Number(inMs)
      : value == null
        ? NaN
        : /^\d/.test(value)
          ? Number(value) * 1_000
          : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 3_600_000) : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
