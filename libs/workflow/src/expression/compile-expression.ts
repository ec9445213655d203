import type { Json } from '@jetsaga/contracts';
import { parseCel, type SyntaxNode } from './cel-syntax.ts';
import { Evaluation, type Evaluator } from './evaluation.ts';
import { ExpressionCompiler, type CompileProblem } from './expression-compiler.ts';
import type { ExpressionOptions } from './expression-options.ts';
import { ExpressionSyntaxError, type ExpressionProblem } from './expression-syntax-error.ts';
import type { Expression, Reference } from './expression.ts';
import { quotedIdHint } from './names.ts';
import { payForSize } from './rendering.ts';
import { toJson } from './value.ts';

/** An expression that may share its evaluation with others. */
export interface CompiledExpression {
  readonly source: string;
  readonly references: readonly Reference[];
  readonly tree: SyntaxNode;
  evaluateIn(run: Evaluation): Json;
}

export type Compiled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly [CompileProblem, ...CompileProblem[]] };

/** Throws ExpressionSyntaxError with all that is wrong. */
export function compileExpression(source: string, options: ExpressionOptions): Expression {
  const parsed = parseSource(source, options);
  const compiled = parsed.ok ? compileTree(source, parsed.value, options) : parsed;
  if (!compiled.ok) throw new ExpressionSyntaxError(placed(compiled.problems, source, ''));
  const { references, evaluateIn } = compiled.value;
  return { source, references, evaluate: (bindings) => new Evaluation(bindings, source).toEnd(evaluateIn) };
}

export function parseSource(source: string, options: ExpressionOptions): Compiled<SyntaxNode> {
  const parsed = parseCel(source);
  if (parsed.ok) return { ok: true, value: parsed.tree };
  const hint = quotedIdHint(source, options.nodeIds);
  return { ok: false, problems: [{ code: 'INVALID_EXPRESSION', ...parsed.fault, ...(hint !== undefined && { hint }) }] };
}

export function compileTree(source: string, tree: SyntaxNode, options: ExpressionOptions): Compiled<CompiledExpression> {
  const compiler = new ExpressionCompiler(options);
  const evaluate = compiler.required(tree);
  const { problems, references, usesTime } = compiler;
  const [problem, ...rest] = problems;
  if (problem) return { ok: false, problems: [problem, ...rest] };
  const evaluateIn = usesTime || makesValues(tree) ? sized(evaluate, usesTime) : (evaluate as (run: Evaluation) => Json);
  return { ok: true, value: { source, references, tree, evaluateIn } };
}

/** Whether the result may hold one value in many places; a mere path only passes on what is there. */
function makesValues(tree: SyntaxNode): boolean {
  switch (tree.op) {
    case 'id':
    case 'value':
      return false;
    case '.':
    case '[]':
      return makesValues(tree.args[0]);
    case '?:':
      return makesValues(tree.args[1]) || makesValues(tree.args[2]);
    case 'call':
      return tree.args[0] !== 'default' || tree.args[1].some(makesValues);
    default:
      return true;
  }
}

function sized(evaluate: Evaluator, usesTime: boolean): (run: Evaluation) => Json {
  return (run) => {
    const value = evaluate(run);
    if (typeof value !== 'object' || value === null) return value;
    payForSize(run, value);
    return usesTime ? toJson(value) : (value as Json);
  };
}

/** Problems as they are reported, with where they are. */
export function placed(
  problems: readonly [CompileProblem, ...CompileProblem[]],
  expression: string,
  pointer: string,
): [ExpressionProblem, ...ExpressionProblem[]] {
  const [first, ...rest] = problems;
  return [{ ...first, expression, pointer }, ...rest.map((problem) => ({ ...problem, expression, pointer }))];
}
