export type StorageErrorCode =
  | 'BLOB_NOT_FOUND'
  | 'BLOB_TOO_LARGE'
  /** The key is not one, or leads out of the store. */
  | 'BLOB_KEY_INVALID'
  /** What is stored is not what the reference says. */
  | 'BLOB_UNREADABLE'
  | 'STORAGE_URL_INVALID'
  /** The store cannot be reached, is full, or refuses; trying again may help. */
  | 'STORAGE_UNAVAILABLE';

/** What goes wrong with the blob store. The code is stable. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === 'STORAGE_UNAVAILABLE';
  }
}
