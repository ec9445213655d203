import type { SyntaxNode } from './cel-syntax.ts';
import { Failure, type Evaluation, type Evaluator, type MaybeEvaluator } from './evaluation.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { kindOf, type Value } from './value.ts';

/** An exception that is caught is worth about this many operations. */
const stepsOfFailure = 30;

/**
 * A failure as a value, so that the other operand of `&&`, `||`, `all` or `exists` can decide, as CEL has it:
 * `broken || true` is true.
 */
export function truthOrFailure(run: Evaluation, evaluate: Evaluator, user: string): boolean | Failure {
  try {
    return truth(run, evaluate(run), user);
  } catch (error) {
    if (!(error instanceof Failure) || error.final) throw error;
    run.spend(stepsOfFailure);
    return error;
  }
}

/** Undefined when the reference, or one inside what is computed, yields nothing. */
export function valueOrNothing(run: Evaluation, evaluate: MaybeEvaluator): Value | undefined {
  try {
    return evaluate(run);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'UNRESOLVED_REFERENCE') throw error;
    run.spend(stepsOfFailure);
    return undefined;
  }
}

export function truth(run: Evaluation, value: Value, user: string): boolean {
  const content = run.open(value);
  if (typeof content === 'boolean') return content;
  throw run.fail(`${user} must be true or false, not ${kindOf(content)}`);
}

export function both(left: Evaluator, right: Evaluator): MaybeEvaluator {
  return decidedBy(false, left, right, 'an operand of `&&`');
}

export function either(left: Evaluator, right: Evaluator): MaybeEvaluator {
  return decidedBy(true, left, right, 'an operand of `||`');
}

function decidedBy(decisive: boolean, left: Evaluator, right: Evaluator, user: string): MaybeEvaluator {
  return (run) => {
    const first = truthOrFailure(run, left, user);
    if (first === decisive) return decisive;
    const second = truthOrFailure(run, right, user);
    if (second === decisive) return decisive;
    if (typeof first !== 'boolean') throw first;
    if (typeof second !== 'boolean') throw second;
    return !decisive;
  };
}

export function not(operand: Evaluator): MaybeEvaluator {
  return (run) => !truth(run, operand(run), 'the operand of `!`');
}

export function choose(condition: Evaluator, then: MaybeEvaluator, otherwise: MaybeEvaluator): MaybeEvaluator {
  return (run) => (truth(run, condition(run), 'what stands before `?`') ? then(run) : otherwise(run));
}

export function literalValue(compiler: ExpressionCompiler, node: Extract<SyntaxNode, { op: 'value' }>): MaybeEvaluator {
  const literal = node.args;
  if (literal === null || typeof literal === 'string' || typeof literal === 'boolean') return () => literal;
  if (literal instanceof Uint8Array) return compiler.problem(node, 'there are no bytes in JSON', 'base64(…) makes text of text');
  const value = Number(literal);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return compiler.problem(node, `${node.input.slice(node.start, node.end)} is beyond 2^53 and would be rounded`);
  }
  return () => value;
}
