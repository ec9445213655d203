import { textOf, type SyntaxNode } from './cel-syntax.ts';
import { type Evaluator, type MaybeEvaluator } from './evaluation.ts';
import { expressionLimits } from './expression-limits.ts';
import type { ExpressionOptions } from './expression-options.ts';
import type { ExpressionProblem } from './expression-syntax-error.ts';
import type { Reference } from './expression.ts';
import { compileFunctionCall } from './function-call.ts';
import { both, choose, either, literalValue, not } from './lazy-operators.ts';
import { compileMacro, isMacro } from './macros.ts';
import { binaryOperators, negative } from './operators.ts';
import { compilePath } from './path.ts';
import { setMember, type Value } from './value.ts';

export type CompileProblem = Pick<ExpressionProblem, 'code' | 'message' | 'offset' | 'hint'>;

/**
 * Turns the syntax tree of one expression into closures, and on the way finds what it refers to and what is wrong with
 * it. Where there is a problem, compiling goes on, so that all are found.
 */
export class ExpressionCompiler {
  readonly options: ExpressionOptions;
  readonly problems: CompileProblem[] = [];
  /** True once something may yield a timestamp or a duration. */
  usesTime = false;
  private readonly found = new Map<string, Reference>();
  private readonly scope: string[] = [];
  private depth = 0;
  private operations = 0;

  constructor(options: ExpressionOptions) {
    this.options = options;
  }

  get references(): readonly Reference[] {
    return [...this.found.values()];
  }

  /** A reference in it that yields nothing throws UNRESOLVED_REFERENCE. */
  required(node: SyntaxNode): Evaluator {
    const evaluate = this.optional(node);
    const reference = () => textOf(node);
    return (run) => {
      const value = evaluate(run);
      if (value === undefined) throw run.unresolved(reference);
      return value;
    };
  }

  /** Gives undefined where the reference that it is yields nothing. */
  optional(node: SyntaxNode): MaybeEvaluator {
    this.operations += 1;
    this.depth += 1;
    const evaluate = this.depth > expressionLimits.treeDepth ? this.tooDeep(node) : this.byKind(node);
    this.depth -= 1;
    return evaluate;
  }

  problem(
    node: SyntaxNode,
    message: string,
    hint?: string | (() => string | undefined),
    code: CompileProblem['code'] = 'INVALID_EXPRESSION',
  ): MaybeEvaluator {
    if (this.problems.length < expressionLimits.problems) {
      const hinted = this.problems.length < expressionLimits.hints ? hint : undefined;
      const text = typeof hinted === 'function' ? hinted() : hinted;
      this.problems.push({ code, message, offset: node.pos, ...(text !== undefined && { hint: text }) });
    }
    return () => undefined;
  }

  refer(reference: Reference): void {
    const key = JSON.stringify(Object.values(reference));
    if (!this.found.has(key)) this.found.set(key, reference);
  }

  /** The place of a macro variable among those of an evaluation; inner ones hide outer ones. */
  placeOf(variable: string): number {
    return this.scope.lastIndexOf(variable);
  }

  /** Compiles what a macro repeats. `operations` is what one round costs, without what inner macros account for themselves. */
  withVariable<T>(variable: string, compile: (place: number) => T): { readonly body: T; readonly operations: number } {
    const outer = this.operations;
    this.operations = 0;
    this.scope.push(variable);
    const body = compile(this.scope.length - 1);
    this.scope.pop();
    const { operations } = this;
    this.operations = outer;
    return { body, operations: operations + 1 };
  }

  private tooDeep(node: SyntaxNode): MaybeEvaluator {
    const told = this.problems.some(({ message }) => message === tooDeepMessage);
    return told ? () => undefined : this.problem(node, tooDeepMessage, 'take it apart into several steps');
  }

  private byKind(node: SyntaxNode): MaybeEvaluator {
    switch (node.op) {
      case 'value':
        return literalValue(this, node);
      case 'id':
      case '.':
      case '[]':
        return compilePath(this, node);
      case 'list': {
        const items = node.args.map((item) => this.required(item));
        return (run) => items.map((item) => item(run));
      }
      case 'map':
        return this.map(node.args);
      case 'call':
      case 'rcall':
        return isMacro(node) ? compileMacro(this, node) : compileFunctionCall(this, node);
      case '?:':
        return choose(this.required(node.args[0]), this.optional(node.args[1]), this.optional(node.args[2]));
      case '&&':
        return both(this.required(node.args[0]), this.required(node.args[1]));
      case '||':
        return either(this.required(node.args[0]), this.required(node.args[1]));
      case '!_':
        return not(this.required(node.args));
      case '-_': {
        const operand = this.required(node.args);
        return (run) => negative(run, operand(run));
      }
      case '.?':
      case '[?]':
        return this.problem(node, 'optional access is not part of the language', 'use default(…, …) or has(…)');
      default:
        return this.binary(node.op, node.args[0], node.args[1]);
    }
  }

  private binary(name: string, leftNode: SyntaxNode, rightNode: SyntaxNode): MaybeEvaluator {
    const operator = binaryOperators[name]!;
    const left = this.required(leftNode);
    const right = this.required(rightNode);
    return (run) => operator(run, left(run), right(run));
  }

  private map(entries: readonly (readonly [SyntaxNode, SyntaxNode])[]): MaybeEvaluator {
    const members = entries.map(([key, value]) => [this.required(key), this.required(value), textOf(key)] as const);
    return (run) => {
      const result: { [key: string]: Value } = {};
      for (const [keyOf, valueOf, text] of members) {
        const key = run.open(keyOf(run));
        if (typeof key === 'object') throw run.fail(`\`${text}\` cannot be a key: keys are text`);
        setMember(result, String(key), valueOf(run));
      }
      return result;
    };
  }
}

const tooDeepMessage = 'the expression is nested too deeply';
