import { stepPath, type RateLimit, type StepRecord } from '@jetsaga/contracts';
import { ExpressionFailure } from '../expression/expression.ts';
import { bindingsFor, evaluated, type Evaluated } from './bindings.ts';
import type { Draft } from './draft.ts';
import type { StepView } from './scope-view.ts';

const longestKey = 500;

/** What limits how often tasks of this step are sent, over all executions; null where nothing does. */
export function rateLimitOf(draft: Draft, { view, node, path }: StepView): Evaluated<RateLimit | null> {
  const { rateLimit } = node;
  if (rateLimit === null) return { ok: true, value: null };
  const { key, limit, perMs } = rateLimit;
  const rate = `${limit}/${perMs}ms`;
  if (key === null) {
    // The items of a map share the limit of their node.
    const place = stepPath(view.path, node.id).replaceAll(/\[\d+\]/g, '');
    return { ok: true, value: { bucket: `step ${draft.plan.key} ${place} ${rate}`, limit, perMs } };
  }
  return evaluated(path, () => {
    const made = key.evaluate(bindingsFor(draft, view));
    const text = typeof made === 'string' ? made : JSON.stringify(made);
    if (text.length > longestKey) {
      throw new ExpressionFailure(
        'EXPRESSION_FAILED',
        'rateLimit.key',
        `a key of a rate limit has at most ${longestKey} characters`,
      );
    }
    return { bucket: `key ${text} ${rate}`, limit, perMs };
  });
}

/** The step as it waits for its rate limit: queued, and its task never sent. */
export function heldStep(step: StepRecord, { limit, perMs }: RateLimit): StepRecord {
  return { ...step, status: 'QUEUED', dispatch: 0, waitingFor: `its rate limit: ${limit} in ${inWords(perMs)}` };
}

export function isHeldStep(step: StepRecord): boolean {
  return step.status === 'QUEUED' && step.dispatch === 0 && step.queue !== null;
}

function inWords(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}
