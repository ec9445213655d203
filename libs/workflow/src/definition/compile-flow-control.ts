import { parseDuration, type Json } from '@jetsaga/contracts';
import type { Template } from '../expression/expression.ts';
import { isControlHandler } from './control-config.ts';
import type { ConcurrencyDocument } from './definition-document.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { ExpressionSites } from './expression-sites.ts';
import { jsonPointer } from './json-pointer.ts';
import type { PlanConcurrency, PlanRateLimit } from './plan.ts';
import type { ProblemList } from './problem.ts';
import { isObject } from './subschemas.ts';

/** It is evaluated before anything has run: it sees the input and nothing else. What is no text is left to the check of the shape. */
export function compileConcurrencyKey(key: Json | undefined, sites: ExpressionSites): Template | null {
  if (typeof key !== 'string') return null;
  return sites.template(key, { pointer: '/concurrency/key', reader: 'start', missing: ['execution'] });
}

export function compileConcurrency({ key, limit, onConflict }: ConcurrencyDocument, sites: ExpressionSites): PlanConcurrency {
  return { key: compileConcurrencyKey(key, sites), limit, onConflict: onConflict ?? 'queue' };
}

/** The same limit holds for all executions: so its key reads nothing but the input. */
function compileRateLimitKey(node: DefinitionNode, sites: ExpressionSites): Template | null {
  const { rateLimit } = node.fields;
  if (!isObject(rateLimit as Json | undefined) || typeof rateLimit?.key !== 'string') return null;
  const pointer = jsonPointer(node.pointer, 'rateLimit', 'key');
  return sites.template(rateLimit.key, { pointer, reader: 'start', missing: ['execution'] });
}

export function compileRateLimit(node: DefinitionNode, sites: ExpressionSites): PlanRateLimit | null {
  const { rateLimit } = node.fields;
  if (rateLimit === undefined) return null;
  const perMs = parseDuration(rateLimit.per);
  if (perMs === undefined) throw new Error(`the rate limit of \`${node.id}\` has no \`per\``);
  return { key: compileRateLimitKey(node, sites), limit: rateLimit.limit, perMs };
}

export function checkRateLimit(node: DefinitionNode, sites: ExpressionSites, problems: ProblemList): void {
  if (node.fields.rateLimit === undefined) return;
  compileRateLimitKey(node, sites);
  if (node.handler === null || !isControlHandler(node.handler)) return;
  const message = `${node.handler}: it is decided without a task, so there is nothing to limit`;
  problems.add('INVALID_CONFIG', jsonPointer(node.pointer, 'rateLimit'), message, {
    part: 'key',
    hint: 'limit the nodes that workers run',
  });
}
