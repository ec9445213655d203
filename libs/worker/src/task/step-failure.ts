import { limits, type Json, type StepResult } from '@jetsaga/contracts';
import { RetryableError, TerminalError } from '../handler-errors.ts';
import { isDeeperThan } from './json-depth.ts';

export type StepFailure = NonNullable<StepResult['error']>;

/** What is reported of an error is bounded: it is stored with the step. */
const longestMessage = 10_000;
const longestDetails = 32_000;
const longestWaitMs = 365 * 24 * 60 * 60_000;

const codePattern = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;

/**
 * What a handler threw, as the coordinator is told it. Whatever was thrown, the report has the form of the contract: one that
 * has not would have the whole list refused that it travels in.
 */
export function stepFailure(thrown: unknown): StepFailure {
  const retryable = isRetryable(thrown);
  const given = thrown instanceof RetryableError ? thrown : undefined;
  const details = thrown instanceof RetryableError || thrown instanceof TerminalError ? detailsOf(thrown.details) : undefined;
  return {
    code: codeOf(thrown),
    message: messageOf(thrown),
    ...(details !== undefined && { details }),
    retryable,
    ...(given?.retryAfterMs !== undefined &&
      given.retryAfterMs >= 0 && { retryAfterMs: Math.min(given.retryAfterMs, longestWaitMs) }),
    ...(given?.definite === false && { definite: false }),
  };
}

/** Errors of our libraries say so by a property of that name. */
function isRetryable(thrown: unknown): boolean {
  if (thrown instanceof TerminalError) return false;
  if (thrown instanceof RetryableError) return true;
  return !(typeof thrown === 'object' && thrown !== null && 'retryable' in thrown && thrown.retryable === false);
}

function codeOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && codePattern.test(code) ? code : 'HANDLER_ERROR';
}

function messageOf(thrown: unknown): string {
  const hasMessage = typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
  const text = hasMessage ? String(thrown.message) : String(thrown);
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

function detailsOf(details: Json | undefined): Json | undefined {
  if (details === undefined) return undefined;
  if (isDeeperThan(details, limits.jsonDepth)) return { omitted: 'the details nest too deep' };
  try {
    const text = JSON.stringify(details);
    return text.length <= longestDetails ? (JSON.parse(text) as Json) : { shortened: text.slice(0, 1_000) };
  } catch {
    return { omitted: 'the details cannot be written as JSON' };
  }
}
