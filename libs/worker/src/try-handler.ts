import type { AnyHandler, HandlerContext } from './define-handler.ts';
import type { Json } from '@jetsaga/contracts';
import { checkedConfig, stepOutcome, type StepOutcome } from './task/step-outcome.ts';

/**
 * Runs a handler once without servers, as a worker would: configuration and output are checked, and what it throws is thrown.
 * For specs of handlers.
 */
export async function tryHandler(handler: AnyHandler, config: Json, context: Partial<HandlerContext> = {}): Promise<StepOutcome> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const returned = await handler.run(checkedConfig(handler, config), {
    executionId: 'execution',
    workflow: 'workflow',
    path: 'step',
    attempt: 1,
    idempotencyKey: 'execution:step:1',
    kind: 'run',
    outcomeUnknown: false,
    token: 'token',
    signal: new AbortController().signal,
    traceparent: null,
    branches: [],
    retriesLeft: 0,
    progress: () => undefined,
    log: silent,
    ...context,
  });
  return stepOutcome(handler, returned);
}
