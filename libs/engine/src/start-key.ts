import type { Json } from '@jetsaga/contracts';
import { ExpressionFailure, type Plan, type SchemaProblem } from '@jetsaga/workflow';

/** The idempotency key that a definition makes of a start's input or event; a problem when it makes none. */
export function startKeyOf(plan: Plan, input: Json, event?: Json): string | SchemaProblem {
  if (!plan.idempotencyKey) throw new Error(`definition ${plan.key} declares no idempotency key`);
  try {
    const key = plan.idempotencyKey.evaluate({
      input,
      node: () => undefined,
      locals: event === undefined ? {} : { event },
      opened: () => undefined,
    });
    const text = typeof key === 'string' ? key : JSON.stringify(key);
    return text.length > 0 && text.length <= 500
      ? text
      : { pointer: '/idempotencyKey', message: `an idempotency key has 1 to 500 characters; this one has ${text.length}` };
  } catch (error) {
    if (error instanceof ExpressionFailure) return { pointer: '/idempotencyKey', message: error.message };
    throw error;
  }
}
