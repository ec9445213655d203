import { defineHandler, Outcome, RetryableError, TerminalError, type HandlerContext } from '@jetsaga/worker';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { readResponse } from '../http/read-response.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { sendCall } from '../http/send-call.ts';
import { callConfigSchema, matchesStatus, type CallConfig } from './call-config.ts';
import { callFailure } from './call-failure.ts';
import { outgoingCall } from './outgoing-call.ts';

const outputSchema = z.object({
  status: z.number().int().nullable(),
  headers: z.record(z.string(), z.string()),
  /** Parsed when the response is JSON, else its text; null when there is none. */
  response: z.json(),
  encoding: z.literal('base64').optional(),
  durationMs: z.number(),
});
type Output = z.infer<typeof outputSchema>;

/** 408, 502 and 504 do not say whether the request was carried out. */
const unknownOutcome = [408, 502, 504];

export function callExternalService(agent: Dispatcher) {
  return defineHandler({
    name: 'call_external_service',
    aliases: ['call_webhook'],
    queue: 'actions',
    description:
      'Calls an HTTP service. Sends Idempotency-Key and traceparent, honours Retry-After, follows at most 3 redirects, and reaches private addresses only where EGRESS_ALLOW names them.',
    config: callConfigSchema,
    output: outputSchema,
    branches: ['ok', 'client_error', 'server_error', 'unexpected_response', 'timeout'],
    example: { url: 'https://api.example.com/orders', method: 'POST', body: { item: 7 } },
    run: async (config, context) => {
      const started = performance.now();
      const durationMs = () => Math.round(performance.now() - started);
      const timeout = AbortSignal.timeout(config.timeout);
      const call = outgoingCall(config, context);
      try {
        const answer = await sendCall(call, {
          agent,
          signal: AbortSignal.any([timeout, context.signal]),
          maxResponseBytes: config.maxResponseBytes,
          isExpected: (status) => matchesStatus(config.expectedStatus, status),
        });
        const output = { status: answer.status, headers: answer.headers, ...readResponse(answer), durationMs: durationMs() };
        return judged(config, context, output);
      } catch (error) {
        if (!timeout.aborted || error instanceof TerminalError || error instanceof RetryableError) {
          throw callFailure(error, call.url.host);
        }
        if (takesBranch(context, 'timeout', true)) {
          return new Outcome<Output>({ status: null, headers: {}, response: null, durationMs: durationMs() }, 'timeout');
        }
        const message = `${call.url.host} did not answer within ${config.timeout} ms`;
        throw new RetryableError('REQUEST_TIMEOUT', message, { cause: error, definite: false });
      }
    },
  });
}

function judged(config: CallConfig, context: HandlerContext, output: Output & { status: number }): Outcome<Output> {
  const { status } = output;
  if (matchesStatus(config.expectedStatus, status)) return new Outcome<Output>(output, 'ok');
  const branch = status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : 'unexpected_response';
  const retryable = matchesStatus(config.retryOn, status);
  if (takesBranch(context, branch, retryable)) return new Outcome<Output>(output, branch);
  const code = {
    server_error: 'HTTP_SERVER_ERROR',
    client_error: 'HTTP_CLIENT_ERROR',
    unexpected_response: 'UNEXPECTED_RESPONSE',
  }[branch];
  const message = `${new URL(config.url).host} answered ${status}`;
  const details = { status, response: excerpt(output.response) };
  if (!retryable) throw new TerminalError(code, message, { details });
  throw new RetryableError(code, message, {
    details,
    retryAfterMs: retryAfterMs(output.headers['retry-after'], Date.now()),
    definite: !unknownOutcome.includes(status),
  });
}

/** An edge takes the branch, and trying again is no option any more. */
function takesBranch(context: HandlerContext, branch: string, retryable: boolean): boolean {
  return context.branches.includes(branch) && (!retryable || context.retriesLeft === 0);
}

function excerpt(response: Output['response']): Output['response'] {
  const text = JSON.stringify(response);
  return text.length <= 4_000 ? response : `${text.slice(0, 4_000)}…`;
}
