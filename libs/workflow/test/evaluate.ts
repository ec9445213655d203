import type { Json } from '@jetsaga/contracts';
import { compileExpression } from '../src/expression/compile-expression.ts';
import { compileTemplate } from '../src/expression/compile-template.ts';
import { ExpressionFailure, type Bindings, type NodeView } from '../src/expression/expression.ts';
import type { ExpressionOptions } from '../src/expression/expression-options.ts';
import { ExpressionSyntaxError, type ExpressionProblem } from '../src/expression/expression-syntax-error.ts';

/** What a test's expressions see. */
export interface World {
  readonly input?: Json;
  readonly nodes?: Readonly<Record<string, Partial<NodeView>>>;
  readonly locals?: Readonly<Record<string, Json>>;
  readonly execution?: Json;
  readonly opened?: Readonly<Record<string, Json>>;
}

export function bindingsOf({ input = {}, nodes = {}, locals = {}, execution, opened = {} }: World): Bindings {
  return {
    input,
    node: (id) => (Object.hasOwn(nodes, id) ? { branch: null, attempt: 1, ...nodes[id] } : undefined),
    ...(execution !== undefined && { execution }),
    locals,
    opened: ({ $ref }) => opened[$ref],
  };
}

export function optionsOf({ nodes = {}, locals = {} }: World, more: Partial<ExpressionOptions> = {}): ExpressionOptions {
  return { nodeIds: new Set(Object.keys(nodes)), locals: Object.keys(locals), secrets: 'refused', ...more };
}

export function valueOf(source: string, world: World = {}): Json {
  return compileExpression(source, optionsOf(world)).evaluate(bindingsOf(world));
}

export function templateOf(value: Json, world: World = {}): Json {
  return compileTemplate(value, optionsOf(world)).evaluate(bindingsOf(world));
}

/** How the evaluation fails; an expression that does not is an error of the test. */
export function failureOf(source: string, world: World = {}): Pick<ExpressionFailure, 'code' | 'message' | 'expression'> {
  const expression = compileExpression(source, optionsOf(world));
  let value: Json;
  try {
    value = expression.evaluate(bindingsOf(world));
  } catch (error) {
    if (error instanceof ExpressionFailure) return error;
    throw error;
  }
  throw new Error(`${source} gave ${JSON.stringify(value).slice(0, 200)}`);
}

/** What is wrong with a source; a correct one is an error of the test. */
export function problemsOf(compile: () => unknown): readonly ExpressionProblem[] {
  try {
    compile();
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error.problems;
    throw error;
  }
  throw new Error('there is nothing wrong with it');
}
