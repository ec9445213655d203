import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { limits } from '@jetsaga/contracts';
import { StorageError, type BlobStore } from '@jetsaga/storage';
import { Problem } from '../http/problem.ts';
import { formProblem } from './form-file.ts';
import { Uploads, type StoredUpload } from './uploads.ts';

const scheme = 'blob:';

/** Uploads in the blob store, below `uploads/`; their address is `blob:` and the key. */
export class BlobUploads extends Uploads {
  private readonly blobs: BlobStore;

  constructor(store: BlobStore) {
    super();
    this.blobs = store;
  }

  async store(content: Readable, mediaType: string): Promise<StoredUpload> {
    const name = randomBytes(16).toString('hex');
    const key = `uploads/${name.slice(0, 2)}/${name}`;
    const hash = createHash('sha256');
    const { size } = await this.put(key, hashed(content, hash), mediaType);
    return { uri: `${scheme}${key}`, size, sha256: hash.digest('hex') };
  }

  async discard(upload: StoredUpload): Promise<void> {
    await this.blobs.delete(upload.uri.slice(scheme.length));
  }

  private async put(key: string, content: AsyncIterable<Uint8Array>, mediaType: string) {
    try {
      return await this.blobs.put(key, content, { maxBytes: limits.claimCheckBytes, mediaType });
    } catch (error) {
      if (error instanceof StorageError && error.code === 'BLOB_TOO_LARGE') {
        throw new Problem(413, 'TOO_LARGE', 'the file is larger than this server takes', { cause: error });
      }
      // The store did its part: it is the form that ended too early.
      throw error instanceof StorageError ? error : formProblem(error);
    }
  }
}

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}
