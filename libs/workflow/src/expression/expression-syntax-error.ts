export type ExpressionProblemCode = 'INVALID_EXPRESSION' | 'SECRET_NOT_ALLOWED';

/** What is wrong with an expression. `pointer` is the place inside the template's value; an expression by itself has ''. */
export interface ExpressionProblem {
  readonly code: ExpressionProblemCode;
  readonly pointer: string;
  readonly expression: string;
  readonly message: string;
  /** Into `expression`, in UTF-16 units. */
  readonly offset?: number;
  readonly hint?: string;
}

/** The expression, or the template, cannot be compiled; all its problems at once. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
  readonly problems: readonly [ExpressionProblem, ...ExpressionProblem[]];

  constructor(problems: readonly [ExpressionProblem, ...ExpressionProblem[]], options?: ErrorOptions) {
    super(problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)).join('; '), options);
    this.problems = problems;
  }

  get code(): ExpressionProblemCode {
    return this.problems[0].code;
  }

  get expression(): string {
    return this.problems[0].expression;
  }

  get offset(): number | undefined {
    return this.problems[0].offset;
  }
}
