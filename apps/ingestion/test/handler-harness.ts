import type { Json } from '@jetsaga/contracts';
import { tryHandler, type AnyHandler } from '@jetsaga/worker';

/** Runs one of the handlers by name, as a worker does, and gives its output. */
export async function runHandler<Output = Json>(
  handlers: readonly AnyHandler[],
  name: string,
  config: unknown,
  context: { readonly executionId?: string; readonly path?: string } = {},
): Promise<Output> {
  const handler = handlers.find(({ description }) => description.name === name);
  if (!handler) throw new Error(`no handler ${name}`);
  const { executionId = 'execution-1', path = name } = context;
  const outcome = await tryHandler(handler, config as Json, { executionId, path, idempotencyKey: `${executionId}:${path}:0` });
  if (outcome.outcome !== 'completed') throw new Error(`${name} did not complete, it is ${outcome.outcome}`);
  return outcome.output as Output;
}
