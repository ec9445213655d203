import { isClaimCheck } from '@jetsaga/contracts';
import { expressionLimits } from './expression-limits.ts';
import { ClaimCheckNeeded, ExpressionFailure, type Bindings } from './expression.ts';
import { kindOf, type Value } from './value.ts';

/**
 * Why an evaluation cannot go on. Thrown inside an evaluation, where `default`, `has` and `||` may go on after it, so it is
 * made to cost little: it is no Error, and its message is put together when it leaves the evaluation.
 */
export class Failure {
  readonly code: 'EXPRESSION_FAILED' | 'UNRESOLVED_REFERENCE';
  /** The steps are used up: nothing goes on after it. */
  readonly final: boolean;
  private readonly source: string;
  private readonly message: () => string;

  constructor(code: Failure['code'], source: string, message: () => string, final = false) {
    this.code = code;
    this.source = source;
    this.message = message;
    this.final = final;
  }

  toError(): ExpressionFailure {
    return new ExpressionFailure(this.code, this.source, this.message());
  }
}

const mostClaimChecksInARow = 8;

/** One evaluation: what it reads, its macro variables, and what is left of its budget. */
export class Evaluation {
  readonly bindings: Bindings;
  /** Values of macro variables, by the place that the compiler gave them. */
  readonly variables: Value[] = [];
  /** The expression at work, for messages. */
  source: string;
  /** Why the last reference yielded nothing. */
  absence: () => string = () => 'it is not there';
  /** Whether one value may come to stand in its result more than once. */
  readonly mayRepeat: boolean;
  private done: Set<string> | undefined;
  private stepsLeft: number = expressionLimits.steps;

  constructor(bindings: Bindings, source: string, mayRepeat = false) {
    this.bindings = bindings;
    this.source = source;
    this.mayRepeat = mayRepeat;
  }

  /** Evaluates something, and throws ExpressionFailure or ClaimCheckNeeded where that is not possible. */
  toEnd<T>(evaluate: (run: Evaluation) => T): T {
    try {
      return evaluate(this);
    } catch (error) {
      throw error instanceof Failure ? error.toError() : error;
    }
  }

  spend(steps: number): void {
    this.stepsLeft -= steps;
    if (this.stepsLeft < 0) throw this.stepsUsedUp();
  }

  /** For text that is read or written. */
  spendCharacters(length: number): void {
    this.spend(1 + length / expressionLimits.charactersPerStep);
  }

  /** For work that is done once in an evaluation, however often it is asked for. */
  spendOnce(work: string, steps: number): void {
    this.done ??= new Set();
    if (this.done.has(work)) return;
    this.done.add(work);
    this.spend(steps);
  }

  /** The value itself, or what is behind a claim check. Throws ClaimCheckNeeded. */
  open(value: Value): Value {
    if (typeof value !== 'object' || value === null || !('$ref' in value)) return value;
    let content = value as Value;
    for (let opened = 0; isClaimCheck(content); opened += 1) {
      if (opened === mostClaimChecksInARow) throw this.fail(`the claim check ${value.$ref as string} leads from one to the next`);
      const behind: Value | undefined = this.bindings.opened(content);
      if (behind === undefined) throw new ClaimCheckNeeded(content);
      content = behind;
    }
    return content;
  }

  fail(message: string): Failure {
    const { source } = this;
    return new Failure('EXPRESSION_FAILED', source, () => `\`${shortened(source)}\`: ${message}`);
  }

  unresolved(reference: () => string): Failure {
    const { source, absence } = this;
    return new Failure('UNRESOLVED_REFERENCE', source, () => {
      const name = reference();
      const inside = name === source ? '' : ` in \`${shortened(source)}\``;
      const cure = 'default(…, …) and has(…) are the way around';
      return `\`${shortened(name)}\`${inside} yields nothing: ${absence()}; ${cure}`;
    });
  }

  private stepsUsedUp(): Failure {
    const { source } = this;
    const cure = 'let it look at less data, or leave the work to a step';
    const message = () => `\`${shortened(source)}\` takes more than ${expressionLimits.steps} steps: ${cure}`;
    return new Failure('EXPRESSION_FAILED', source, message, true);
  }

  /** A number that JSON can carry without loss. */
  number(value: number): number {
    if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return value === 0 ? 0 : value;
    throw this.fail(Number.isNaN(value) ? 'the result is not a number' : 'the result is beyond 2^53 and cannot be exact');
  }

  text(value: Value, user: string): string {
    const content = this.open(value);
    if (typeof content === 'string') return content;
    throw this.fail(`${user} takes text, not ${kindOf(content)}`);
  }

  /** Checks and accounts for a text before it is made. */
  makeText(length: number): void {
    if (length > expressionLimits.textLength) throw this.fail(`a text of ${length} characters is too long to make`);
    this.spendCharacters(length);
  }

  makeList(length: number): void {
    this.spend(length + 1);
  }
}

export type Evaluator = (run: Evaluation) => Value;
/** Undefined: the reference yields nothing. */
export type MaybeEvaluator = (run: Evaluation) => Value | undefined;

export function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
