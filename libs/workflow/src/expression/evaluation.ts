import { isClaimCheck } from '@jetsaga/contracts';
import { expressionLimits } from './expression-limits.ts';
import { ClaimCheckNeeded, ExpressionFailure, type Bindings } from './expression.ts';
import { kindOf, type Value } from './value.ts';

/** The steps are used up. Unlike other failures it is final: no `||`, `default` or `has` goes on after it. */
export class StepsUsedUp extends ExpressionFailure {
  constructor(expression: string) {
    const cure = 'let it look at less data, or leave the work to a step';
    super(
      'EXPRESSION_FAILED',
      expression,
      `\`${shortened(expression)}\` takes more than ${expressionLimits.steps} steps: ${cure}`,
    );
  }
}

/** One evaluation: what it reads, its macro variables, and what is left of its budget. */
export class Evaluation {
  readonly bindings: Bindings;
  /** Values of macro variables, by the place that the compiler gave them. */
  readonly variables: Value[] = [];
  /** The expression at work, for messages. */
  source: string;
  /** Why the last reference yielded nothing. */
  absence = '';
  /** Whether one value may come to stand in its result more than once. */
  readonly mayRepeat: boolean;
  private stepsLeft: number = expressionLimits.steps;

  constructor(bindings: Bindings, source: string, mayRepeat = false) {
    this.bindings = bindings;
    this.source = source;
    this.mayRepeat = mayRepeat;
  }

  spend(steps: number): void {
    this.stepsLeft -= steps;
    if (this.stepsLeft < 0) throw new StepsUsedUp(this.source);
  }

  /** For text that is read or written. */
  spendCharacters(length: number): void {
    this.spend(1 + length / expressionLimits.charactersPerStep);
  }

  /** The value itself, or what is behind a claim check. Throws ClaimCheckNeeded. */
  open(value: Value): Value {
    if (typeof value !== 'object' || value === null || !('$ref' in value) || !isClaimCheck(value)) return value;
    this.spend(1);
    const content = this.bindings.opened(value);
    if (content === undefined) throw new ClaimCheckNeeded(value);
    return this.open(content);
  }

  fail(message: string): ExpressionFailure {
    return new ExpressionFailure('EXPRESSION_FAILED', this.source, `\`${shortened(this.source)}\`: ${message}`);
  }

  unresolved(reference: string): ExpressionFailure {
    const inside = reference === this.source ? '' : ` in \`${shortened(this.source)}\``;
    const why = this.absence === '' ? '' : `: ${this.absence}`;
    const cure = 'default(…, …) and has(…) are the way around';
    return new ExpressionFailure(
      'UNRESOLVED_REFERENCE',
      this.source,
      `\`${shortened(reference)}\`${inside} yields nothing${why}; ${cure}`,
    );
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
