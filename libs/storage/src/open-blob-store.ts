import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BlobStore } from './blob-store.ts';
import { FolderBlobStore } from './folder/folder-blob-store.ts';
import { StorageError } from './storage-error.ts';

export interface OpenBlobStoreOptions {
  /** Another server than Amazon's, such as MinIO: `http://minio:9000`. */
  readonly s3Endpoint?: string;
  /** Default: AWS_REGION, else `us-east-1`. Credentials are found as the AWS SDK finds them. */
  readonly s3Region?: string;
}

const bucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * The store that STORAGE_URL names: `file:/var/lib/jetsaga/blobs`, `file:blobs` (from the working directory) or
 * `s3://bucket/prefix`. Opens no connection yet. Errors: STORAGE_URL_INVALID.
 */
export async function openBlobStore(url: string, options: OpenBlobStoreOptions = {}): Promise<BlobStore> {
  if (url.startsWith('file:')) return new FolderBlobStore(folderOf(url));
  if (url.startsWith('s3:')) {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (!target || !bucket.test(target.hostname)) throw invalid(url);
    const prefix = decodeURIComponent(target.pathname).replace(/^\/+|\/+$/g, '');
    // The SDK takes some 30 MB, so it is loaded only where it is used.
    const { S3BlobStore } = await import('./s3/s3-blob-store.ts');
    return new S3BlobStore({ bucket: target.hostname, prefix, endpoint: options.s3Endpoint, region: options.s3Region });
  }
  throw invalid(url);
}

function folderOf(url: string): string {
  const path = url.startsWith('file://') ? fileUrlPath(url) : decodeURIComponent(url.slice('file:'.length));
  if (path === '' || path.includes('\0')) throw invalid(url);
  return resolve(path);
}

function fileUrlPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw invalid(url, cause);
  }
}

function invalid(url: string, cause?: unknown): StorageError {
  const shown = url.replace(/\/\/[^@/]*@/, '//…@');
  return new StorageError(
    'STORAGE_URL_INVALID',
    `STORAGE_URL '${shown}' names no store; use file:/a/folder or s3://bucket/prefix`,
    { cause },
  );
}
