import {
  idempotencyKey,
  stepPath,
  undoIdempotencyKey,
  type ExecutionRecord,
  type Json,
  type StepRecord,
} from '@jetsaga/contracts';
import type { AnyHandler } from '@jetsaga/worker';
import type { Effect, PlanNode } from '@jetsaga/workflow';
import type { Stub, StubContext, Stubs } from './stub.ts';
import { WorkflowTestError } from './workflow-test-error.ts';

/** What a handler is asked for: the step's work, or to undo it. */
export interface Work {
  readonly handler: string;
  readonly config: Json;
  readonly undo: boolean;
  /** Of an undo: nobody knows whether the work was done. */
  readonly outcomeUnknown: boolean;
}

export function workOf({ undo }: Extract<Effect, { kind: 'dispatch' }>, { handler, config = {} }: StepRecord): Work {
  if (undo === undefined) return { handler, config, undo: false, outcomeUnknown: false };
  return { handler: undo.handler, config: undo.config, undo: true, outcomeUnknown: undo.outcomeUnknown };
}

/** What a worker would tell the handler of its task. */
export function taskContext(
  execution: ExecutionRecord,
  step: StepRecord,
  node: PlanNode | undefined,
  { now, work }: { readonly now: number; readonly work: Work },
): StubContext {
  const path = stepPath(step.scope, step.node);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    executionId: execution.id,
    workflow: execution.workflow,
    handler: work.handler,
    path,
    attempt: step.attempt,
    idempotencyKey: (work.undo ? undoIdempotencyKey : idempotencyKey)(execution.id, path, step.generation),
    kind: work.undo ? 'undo' : 'run',
    outcomeUnknown: work.outcomeUnknown,
    token: `${path}#${step.attempt}`,
    signal: new AbortController().signal,
    traceparent: null,
    branches: [...new Set(node?.outgoing.flatMap(({ on }) => (on.kind === 'branches' ? on.branches : [])))],
    retriesLeft: Math.max(0, (node?.retry.retries ?? 0) + 1 - step.attempt),
    progress: () => undefined,
    log: silent,
    now: new Date(now),
  };
}

/** Errors: HANDLER_NOT_STUBBED. */
export function stubFor(stubs: Stubs, { handler, path }: Pick<StubContext, 'handler' | 'path'>): Stub | AnyHandler {
  const stub = Object.hasOwn(stubs, handler) ? stubs[handler] : undefined;
  if (stub) return stub;
  const known = Object.keys(stubs).join(', ') || 'none';
  const cure = `give handlers: { ${handler}: … }; there are ${known}`;
  throw new WorkflowTestError(
    'HANDLER_NOT_STUBBED',
    `${path} asks for the handler ${handler}, which the test does not have: ${cure}`,
  );
}
