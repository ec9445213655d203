import type { Json } from '@jetsaga/contracts';
import type { AnyHandler, HandlerContext } from '@jetsaga/worker';

export interface StepRun {
  readonly executionId?: string;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

/** Runs a handler as a worker does: the configuration parsed by its schema, the output too. */
export async function runHandler<Output = Json>(
  handlers: readonly AnyHandler[],
  name: string,
  config: unknown,
  run: StepRun = {},
): Promise<Output> {
  const handler = handlers.find(({ description }) => description.name === name);
  if (!handler) throw new Error(`no handler ${name}`);
  const context: HandlerContext = {
    executionId: run.executionId ?? 'execution-1',
    workflow: 'test',
    path: run.path ?? name,
    attempt: 1,
    idempotencyKey: `${run.executionId ?? 'execution-1'}:${name}:0`,
    token: 'token',
    branches: [],
    signal: run.signal ?? new AbortController().signal,
    traceparent: null,
    progress: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  return handler.output.parse(await handler.run(handler.config.parse(config), context)) as Output;
}
