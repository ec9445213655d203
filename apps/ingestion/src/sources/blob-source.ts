import { BlobClaimChecks, StorageError } from '@jetsaga/storage';
import { RetryableError, TerminalError } from '@jetsaga/worker';
import { documentTooLarge } from './collect-bytes.ts';

/** A file in the blob store: `blob:<id>`, as an upload leaves it. */
export async function readBlob(blobs: BlobClaimChecks, uri: string, maxBytes: number): Promise<Uint8Array> {
  try {
    return await blobs.openBytes({ $ref: uri, size: 0, mediaType: 'application/octet-stream' }, maxBytes);
  } catch (error) {
    throw blobFailure(error, uri, maxBytes);
  }
}

export function blobFailure(error: unknown, uri: string, maxBytes: number): unknown {
  if (!(error instanceof StorageError)) return error;
  if (error.code === 'BLOB_TOO_LARGE') return documentTooLarge(maxBytes);
  if (error.retryable) return new RetryableError(error.code, error.message, { cause: error, details: { uri } });
  return new TerminalError(error.code, `${uri}: ${error.message}`, { cause: error, details: { uri } });
}
