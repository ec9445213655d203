import type { Json } from '@jetsaga/contracts';
import { compileExpression } from '../../src/expression/compile-expression.ts';
import { compileTemplate } from '../../src/expression/compile-template.ts';
import type { Bindings } from '../../src/expression/expression.ts';
import type { ForeseenStep, Outcomes } from './foreseen.ts';

/** What the expressions of a node see. Expressions themselves are the one thing that the oracle takes from the core. */
export interface Sight {
  readonly input: Json;
  readonly steps: ReadonlyMap<string, ForeseenStep>;
  readonly locals: Readonly<Record<string, Json>>;
  /** It may run before all that it reads has ended: what it sees of others cannot be foretold. */
  readonly isHasty: boolean;
}

/** A value that is read cannot be foretold. */
class Unforeseeable extends Error {
  override readonly name = 'Unforeseeable';
}

export function conditionOf(source: string, sight: Sight): Json {
  const options = { nodeIds: new Set(sight.steps.keys()), locals: Object.keys(sight.locals), secrets: 'refused' as const };
  return compileExpression(source, options).evaluate(bindingsOf(sight));
}

/** What a template comes to: one value, or anything where it reads what cannot be foretold. */
export function templateOf(template: Json, sight: Sight): Outcomes {
  const options = { nodeIds: new Set(sight.steps.keys()), locals: Object.keys(sight.locals), secrets: 'refused' as const };
  try {
    return [compileTemplate(template, options).evaluate(bindingsOf(sight))];
  } catch (error) {
    if (error instanceof Unforeseeable) return 'anything';
    throw error;
  }
}

function bindingsOf({ input, steps, locals, isHasty }: Sight): Bindings {
  return {
    input,
    locals,
    opened: () => undefined,
    node: (id) => {
      const step = steps.get(id);
      if (isHasty) throw new Unforeseeable(id);
      if (!step || step.status === 'SKIPPED') return undefined;
      if (step.status === 'FAILED') return { branch: null, attempt: 1 };
      const [only, ...others] = step.outputs;
      if (step.outputs === 'anything' || others.length > 0 || only === undefined) throw new Unforeseeable(id);
      return { output: only as Json, branch: step.branch, attempt: 1 };
    },
  };
}
