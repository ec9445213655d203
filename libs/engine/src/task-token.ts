import { createHmac, timingSafeEqual } from 'node:crypto';

export interface TaskTokenSubject {
  readonly executionId: string;
  readonly path: string;
  readonly attempt: number;
}

/**
 * Tokens by which a deferred step is completed from outside. A token names its step and carries an HMAC-SHA-256 under a
 * key that all coordinators share, so that it needs no row and no index, and cannot be guessed.
 */
export class TaskTokens {
  private readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  issue(subject: TaskTokenSubject): string {
    const body = Buffer.from(`${subject.executionId}:${subject.attempt}:${subject.path}`).toString('base64url');
    return `${body}.${this.sign(body).toString('base64url')}`;
  }

  /** Undefined when the token was not issued here. */
  verify(token: string): TaskTokenSubject | undefined {
    const [body, signature, ...rest] = token.split('.');
    if (!body || !signature || rest.length > 0) return undefined;
    const given = Buffer.from(signature, 'base64url');
    const expected = this.sign(body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [executionId, attempt, ...path] = Buffer.from(body, 'base64url').toString().split(':');
    return executionId && attempt ? { executionId, attempt: Number(attempt), path: path.join(':') } : undefined;
  }

  private sign(body: string): Buffer {
    return createHmac('sha256', this.key).update(body).digest().subarray(0, 16);
  }
}
