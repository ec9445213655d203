import type { Json } from '@jetsaga/contracts';
import { ClaimCheckNeeded, ExpressionFailure } from '../expression/expression.ts';
import type { Plan, PlanConcurrency, SchemaProblem } from '../definition/plan.ts';

const longestKey = 500;

/** Executions of a definition whose starts share one limit. */
export interface SlotGroupState {
  /** How many hold a slot. */
  readonly held: number;
  /** Somebody waits for one already. */
  readonly hasWaiting: boolean;
  /** Those that hold or wait and are not on their way out, oldest first; needed where starts replace. */
  readonly staying: readonly string[];
}

/** `queue` with `replaced`: it takes the place of those, and starts when they have ended. */
export type SlotDecision =
  { readonly kind: 'run' } | { readonly kind: 'reject' } | { readonly kind: 'queue'; readonly replaced: readonly string[] };

/** What becomes of a start. Nobody overtakes those who wait. */
export function decideSlot({ limit, onConflict }: PlanConcurrency, group: SlotGroupState): SlotDecision {
  if (group.held < limit && !group.hasWaiting) return { kind: 'run' };
  switch (onConflict) {
    case 'queue':
      return { kind: 'queue', replaced: [] };
    case 'reject':
      return { kind: 'reject' };
    case 'replace':
      return { kind: 'queue', replaced: group.staying.slice(0, Math.max(0, group.staying.length + 1 - limit)) };
  }
}

/** Executions with one key take turns with those of other keys where tasks have to wait for room in their queue. */
export function fairKeyOf(plan: Plan, input: Json): string {
  if (!plan.concurrency?.key) return plan.key;
  try {
    const key = concurrencyKeyOf(plan, input);
    return typeof key === 'string' ? `${plan.key} ${key}` : plan.key;
  } catch (error) {
    // The key is inside a claim check: not worth loading it for.
    if (error instanceof ClaimCheckNeeded) return plan.key;
    throw error;
  }
}

/** What an execution without a slot waits for. */
export function slotInWords(limit: number, key: string): string {
  return `one of the ${limit} slots${key === '' ? '' : ` of the key ${key}`}`;
}

/** The key that a start shares its limit with, `''` where the definition names none; a problem when it makes none. */
export function concurrencyKeyOf(plan: Plan, input: Json): string | SchemaProblem {
  const template = plan.concurrency?.key;
  if (!template) return '';
  const pointer = '/concurrency/key';
  try {
    const key = template.evaluate({ input, node: () => undefined, locals: {}, opened: () => undefined });
    const text = typeof key === 'string' ? key : JSON.stringify(key);
    return text.length <= longestKey
      ? text
      : { pointer, message: `a concurrency key has at most ${longestKey} characters; this one has ${text.length}` };
  } catch (error) {
    if (error instanceof ExpressionFailure) return { pointer, message: error.message };
    throw error;
  }
}
