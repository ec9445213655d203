import { types } from 'node:util';

/**
 * Whether the store failed for a reason that lies outside what was asked of it, so that the same transaction may
 * succeed later. Errors of the data itself (SQLSTATE classes 21, 22, 23, 42 and 54) will fail again.
 */
export function isTransient(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^[0-9A-Z]{5}$/.test(code)) return !/^(21|22|23|42|54)/.test(code);
  if (code !== '') return /^(E[A-Z]+|ERR_|STORAGE_UNAVAILABLE$)/.test(code);
  return /connection|terminat|timeout|closed|not queryable|nothing was written/i.test(error.message);
}

/** A failure of the store, told apart from one of the decision. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly transient: boolean;

  constructor(cause: unknown) {
    super(types.isNativeError(cause) ? cause.message : String(cause), { cause });
    this.transient = isTransient(cause);
  }
}

/** Runs what talks to the store; whatever it rejects with becomes a StoreFailure. */
export async function askStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreFailure(error);
  }
}
