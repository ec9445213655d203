import {
  defaultRetryPolicy,
  defaultTimeoutMs,
  parseDuration,
  type HandlerFacts,
  type Json,
  type RetryPolicy,
} from '@jetsaga/contracts';
import { isControlHandler } from './control-config.ts';
import type { DefinitionDocument, NodeDocument, RetryDocument } from './definition-document.ts';
import { definitionScopes } from './definition-scopes.ts';
import type { HandlerCatalog } from './plan.ts';

/**
 * What the handlers that a definition uses declare, to be stored beside it: an execution goes by what was true when its
 * definition was applied. Handlers that nobody offers are absent.
 */
export function collectHandlerFacts(
  definition: { readonly document: Json },
  catalog: HandlerCatalog,
): Record<string, HandlerFacts> {
  const facts: Record<string, HandlerFacts> = {};
  const nodes = definitionScopes(definition.document).flatMap((scope) => scope.nodes);
  const used = nodes.flatMap(({ handler, fields }) => [handler, fields.compensate?.handler ?? null]);
  for (const handler of used) {
    const known = handler === null || isControlHandler(handler) ? undefined : catalog.get(handler);
    if (handler === null || known === undefined) continue;
    const { queue, branches, timeoutMs, retry } = known;
    facts[handler] = { queue, branches, ...(timeoutMs !== undefined && { timeoutMs }), ...(retry !== undefined && { retry }) };
  }
  return facts;
}

/** The queue of a node's tasks; undefined when nobody names one. */
export function queueOf(node: NodeDocument, document: DefinitionDocument, facts: HandlerFacts | undefined): string | undefined {
  return node.queue ?? document.defaults?.queue ?? facts?.queue;
}

export function timeoutOf(node: NodeDocument, document: DefinitionDocument, facts: HandlerFacts | undefined): number {
  return parseDuration(node.timeout) ?? parseDuration(document.defaults?.timeout) ?? facts?.timeoutMs ?? defaultTimeoutMs;
}

/** Field by field: the node's, the definition's, the handler's, the built-in one. */
export function retryOf(node: NodeDocument, document: DefinitionDocument, facts: HandlerFacts | undefined): RetryPolicy {
  return { ...defaultRetryPolicy, ...facts?.retry, ...retryFields(document.defaults?.retry), ...retryFields(node.retry) };
}

function retryFields(retry: RetryDocument | undefined): Partial<RetryPolicy> {
  if (retry === undefined) return {};
  const { retries, initialDelay, maxDelay, factor, jitter, nonRetryable } = retry;
  return {
    ...(retries !== undefined && { retries }),
    ...(initialDelay !== undefined && { initialDelayMs: parseDuration(initialDelay) }),
    ...(maxDelay !== undefined && { maxDelayMs: parseDuration(maxDelay) }),
    ...(factor !== undefined && { factor }),
    ...(jitter !== undefined && { jitter }),
    ...(nonRetryable !== undefined && { nonRetryable: [...nonRetryable] }),
  };
}
