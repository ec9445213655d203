import type { Json } from '@jetsaga/contracts';
import type { Template } from '../expression/expression.ts';
import type { ConcurrencyDocument } from './definition-document.ts';
import type { ExpressionSites } from './expression-sites.ts';
import type { PlanConcurrency } from './plan.ts';

/** It is evaluated before anything has run: it sees the input and nothing else. What is no text is left to the check of the shape. */
export function compileConcurrencyKey(key: Json | undefined, sites: ExpressionSites): Template | null {
  if (typeof key !== 'string') return null;
  return sites.template(key, { pointer: '/concurrency/key', reader: 'start', missing: ['execution'] });
}

export function compileConcurrency({ key, limit, onConflict }: ConcurrencyDocument, sites: ExpressionSites): PlanConcurrency {
  return { key: compileConcurrencyKey(key, sites), limit, onConflict: onConflict ?? 'queue' };
}
