import { StorageError } from '../storage-error.ts';

/** There is no such file. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What an error of the file system means for the blob. Errors of whoever gave the content pass as they are. */
export function fileError(error: unknown, key: string): unknown {
  if (error instanceof StorageError) return error;
  if (isAbsent(error)) return new StorageError('BLOB_NOT_FOUND', `there is no blob ${key}`, { cause: error });
  const code = codeOf(error);
  if (code === 'ELOOP')
    return new StorageError('BLOB_KEY_INVALID', `${key} is a symbolic link, which is not followed`, { cause: error });
  if (code === 'EISDIR' || code === 'EEXIST') {
    return new StorageError('BLOB_KEY_INVALID', `${key} cannot be a blob: other keys begin with it`, { cause: error });
  }
  if (code !== undefined && 'syscall' in (error as NodeJS.ErrnoException)) {
    return new StorageError(
      'STORAGE_UNAVAILABLE',
      `the storage folder cannot be used: ${(error as NodeJS.ErrnoException).message}`,
      { cause: error },
    );
  }
  return error;
}

/** Not by `instanceof`: errors of Node's own come from another realm when code runs in a `vm` context. */
function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
