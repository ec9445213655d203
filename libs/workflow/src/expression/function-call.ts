import { didYouMean } from '../definition/suggestion.ts';
import type { SyntaxNode } from './cel-syntax.ts';
import type { MaybeEvaluator } from './evaluation.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { expressionFunctions } from './functions/expression-functions.ts';
import { globalMacros, listMacros } from './macros.ts';

type Call = Extract<SyntaxNode, { op: 'call' | 'rcall' }>;

/** `f(x, y)` and `x.f(y)` are the same. Claim checks among the arguments are opened. */
export function compileFunctionCall(compiler: ExpressionCompiler, node: Call): MaybeEvaluator {
  const [name] = node.args;
  const parts = node.op === 'call' ? node.args[1] : [node.args[1], ...node.args[2]];
  const values = parts.map((part) => compiler.required(part));
  const called = expressionFunctions.get(name);
  if (!called) {
    const hint = () => didYouMean(name, [...expressionFunctions.keys(), ...globalMacros, ...listMacros]) ?? misplacedMacro(name);
    return compiler.problem(node, `there is no function \`${name}\``, hint);
  }
  const { least, most = least, signature } = called;
  if (parts.length < least || parts.length > most) {
    const wanted = least === most ? counted(least) : `${least} to ${counted(most)}`;
    return compiler.problem(node, `\`${name}\` takes ${wanted}, not ${parts.length}`, signature);
  }
  const literals = parts.map((part) => (part.op === 'value' ? part.args : undefined));
  const special = called.specialise?.(literals);
  if (typeof special === 'string') return compiler.problem(node, special);
  if (called.yieldsTime) compiler.usesTime = true;
  const call = special ?? called.call;
  const absence = () => `\`${name}\` found nothing`;
  return (run) => {
    run.spend(1);
    const result = call(
      run,
      values.map((value) => run.open(value(run))),
    );
    if (result === undefined) run.absence = absence;
    return result;
  };
}

function counted(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}

function misplacedMacro(name: string): string | undefined {
  if (listMacros.some((macro) => macro === name)) return `write list.${name}(x, …)`;
  return globalMacros.some((macro) => macro === name) ? `write ${name}(…)` : undefined;
}
