/** One thing that is wrong with a request or a definition. */
export interface ProblemDetail {
  readonly pointer: string;
  readonly message: string;
  readonly code: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

/**
 * The server refused, or could not be reached. `code` says which: that of the problem it answered, `UNREACHABLE` where nothing
 * answered, `TIMEOUT` where the time given was over, `NOT_A_JETSAGA_SERVER` where something else answered.
 */
export class JetsagaError extends Error {
  override readonly name = 'JetsagaError';
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly errors: readonly ProblemDetail[];
  /** The whole problem, with the members that are special to its code. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { status?: number; problem?: Record<string, unknown> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.status = options.status ?? 0;
    this.problem = options.problem ?? {};
    this.errors = Array.isArray(this.problem['errors']) ? (this.problem['errors'] as ProblemDetail[]) : [];
  }
}

/** Makes the error that an answer of 400 and above stands for. */
export async function errorOf(response: Response): Promise<JetsagaError> {
  const text = await response.text();
  const problem = parseObject(text);
  if (problem === undefined || typeof problem['code'] !== 'string') {
    return new JetsagaError(
      'NOT_A_JETSAGA_SERVER',
      `${response.url} answered ${response.status}, and not as a Jetsaga server does`,
      {
        status: response.status,
      },
    );
  }
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : String(problem['title'] ?? response.statusText);
  return new JetsagaError(problem['code'], detail, { status: response.status, problem });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
