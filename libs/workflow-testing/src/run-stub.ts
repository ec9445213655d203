import type { Json, JsonObject } from '@jetsaga/contracts';
import { Deferred, Outcome, stepFailure, tryHandler, type AnyHandler, type StepFailure } from '@jetsaga/worker';
import { Later, Takes, type Stub, type StubContext } from './stub.ts';
import { isHandler } from './tested-plan.ts';

/** What came of an attempt, as a worker reports it. */
export type Report =
  | { readonly outcome: 'completed'; readonly output: Json; readonly branch?: string }
  | { readonly outcome: 'failed'; readonly error: StepFailure };

/** What a stub answers: a report now, or one to come. */
export type Answer =
  | Report
  | { readonly outcome: 'deferred'; readonly note: string }
  | { readonly outcome: 'later'; readonly later: Later }
  | { readonly outcome: 'takes'; readonly takes: Takes };

export async function runStub(stub: Stub | AnyHandler, config: Json, context: StubContext): Promise<Answer> {
  try {
    if (isHandler(stub)) {
      const outcome = await tryHandler(stub, config, context);
      return outcome.outcome === 'deferred' ? { outcome: 'deferred', note: outcome.output } : outcome;
    }
    return answerOf(await stub(config as JsonObject, context));
  } catch (thrown) {
    return { outcome: 'failed', error: stepFailure(thrown) };
  }
}

/** What was promised for later: a value, or a function that gives it. */
export async function laterReport(answer: unknown): Promise<Report> {
  try {
    return reportOf(await (typeof answer === 'function' ? (answer as () => unknown)() : answer));
  } catch (thrown) {
    return { outcome: 'failed', error: stepFailure(thrown) };
  }
}

/** As a worker tells it; the outcome of the work is unknown. */
export function timeoutReport(timeoutMs: number): Report {
  const message = `the handler was not done within ${timeoutMs} ms`;
  return { outcome: 'failed', error: { code: 'TIMEOUT', message, retryable: true, definite: false } };
}

/** What a handler that is told to stop reports. */
export const abortReport: Report = {
  outcome: 'failed',
  error: { code: 'ABORTED', message: 'the handler was told to stop', retryable: false, definite: true },
};

function answerOf(returned: unknown): Answer {
  if (returned instanceof Deferred) return { outcome: 'deferred', note: returned.note };
  if (returned instanceof Later) return { outcome: 'later', later: returned };
  if (returned instanceof Takes) return { outcome: 'takes', takes: returned };
  return reportOf(returned);
}

function reportOf(returned: unknown): Report {
  if (returned instanceof Outcome) return { outcome: 'completed', output: asJson(returned.output), branch: returned.branch };
  return { outcome: 'completed', output: asJson(returned) };
}

/** As it arrives over the wire. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null) ?? 'null') as Json;
}
