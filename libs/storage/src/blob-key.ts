import { StorageError } from './storage-error.ts';

const part = /^[A-Za-z0-9._=+@-]+$/;
const maxLength = 512;

/** Throws BLOB_KEY_INVALID unless it is a key: see BlobStore. */
export function checkBlobKey(key: string): void {
  const good =
    key.length <= maxLength &&
    key.split('/').every((each) => part.test(each) && each !== '.' && each !== '..' && !each.startsWith('.tmp'));
  if (good) return;
  const shown = JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
  throw new StorageError(
    'BLOB_KEY_INVALID',
    `${shown} is no key of a blob: use letters, digits and ._=+@- in parts joined by '/', at most ${maxLength} characters`,
  );
}
