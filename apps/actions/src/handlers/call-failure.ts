import { RetryableError, TerminalError } from '@jetsaga/worker';
import { EgressRefused } from '../egress/egress-agent.ts';

/** Before a connection stands nothing was sent, so that another try is another call. */
const beforeSending = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** What a call without an answer means for the step. */
export function callFailure(error: unknown, host: string): Error {
  if (error instanceof TerminalError || error instanceof RetryableError) return error;
  const cause = innermost(error);
  if (cause instanceof EgressRefused) {
    return new TerminalError('EGRESS_REFUSED', cause.message, { cause, details: { host: cause.host } });
  }
  const code = codeOf(cause);
  if (code.startsWith('ERR_TLS') || code.startsWith('CERT_') || code.includes('CERT')) {
    return new TerminalError('TLS_FAILED', `${host} cannot be trusted: ${messageOf(cause)}`, { cause: error });
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new TerminalError('INVALID_CONFIG', `the call cannot be sent: ${messageOf(cause)}`, { cause: error });
  }
  return new RetryableError('REQUEST_FAILED', `${host} did not answer: ${messageOf(cause)}`, {
    cause: error,
    definite: beforeSending.includes(code),
  });
}

/** Several addresses were tried, and each has its error. */
function innermost(error: unknown): unknown {
  const errors = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined;
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : error;
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return (
    (typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '') ||
    codeOf(error) ||
    String(error)
  );
}
