import { STATUS_CODES } from 'node:http';

/** One thing that is wrong with a request; `pointer` is a JSON pointer into its body, or `?name` for a query parameter. */
export interface ProblemDetail {
  readonly pointer: string;
  readonly message: string;
  readonly code: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

/** The body of every error response. Source: RFC 9457. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly ProblemDetail[];
}

interface ProblemOptions extends ErrorOptions {
  readonly errors?: readonly ProblemDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the body. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Thrown by whoever knows what the client did wrong; answered as `application/problem+json`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly ProblemDetail[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  private readonly extensions: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, options: ProblemOptions = {}) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }

  body(): ProblemBody {
    return {
      type: `urn:jetsaga:problem:${this.code}`,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.errors && { errors: this.errors }),
      ...this.extensions,
    };
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, 'NOT_FOUND', `there is no ${what}`);
}
