import { StorageError, type BlobClaimChecks, type BlobStore } from '@jetsaga/storage';
import { RetryableError, TerminalError } from '@jetsaga/worker';
import { documentTooLarge } from './collect-bytes.ts';
import { uploadKey } from './uploaded-file.ts';

export interface Blobs {
  readonly store: BlobStore;
  readonly blobs: BlobClaimChecks;
}

/** A file in the blob store: `blob:uploads/…`, as an upload leaves it, or `blob:<id>`, as a claim check names it. */
export async function readBlob({ store, blobs }: Blobs, uri: string, maxBytes: number): Promise<Uint8Array> {
  const key = uploadKey(uri);
  try {
    if (key !== undefined) return await store.getBytes(key, maxBytes);
    return await blobs.openBytes({ $ref: uri, size: 0, mediaType: 'application/octet-stream' }, maxBytes);
  } catch (error) {
    throw blobFailure(error, uri, maxBytes);
  }
}

/** Removes an uploaded file. Other blobs belong to whoever stored them. */
export async function deleteUpload({ store }: Pick<Blobs, 'store'>, uri: string): Promise<void> {
  const key = uploadKey(uri);
  if (key !== undefined) await store.delete(key);
}

/** What a failed access means for the step; what is no error of the store is handed back. */
export function blobFailure(error: unknown, uri: string, maxBytes: number): unknown {
  if (!(error instanceof StorageError)) return error;
  if (error.code === 'BLOB_TOO_LARGE') return documentTooLarge(maxBytes);
  if (error.retryable) return new RetryableError(error.code, error.message, { cause: error, details: { uri } });
  return new TerminalError(error.code, `${uri}: ${error.message}`, { cause: error, details: { uri } });
}
