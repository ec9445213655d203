import type { BlobContent } from './blob-store.ts';
import { StorageError } from './storage-error.ts';

/** The content in chunks; throws BLOB_TOO_LARGE as soon as it is longer than allowed. */
export async function* boundedChunks(content: BlobContent, maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
    yield bytes;
    return;
  }
  let size = 0;
  for await (const chunk of content) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** All of it as one buffer; throws BLOB_TOO_LARGE as soon as it is longer than allowed. */
export async function boundedBytes(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of boundedChunks(content, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function tooLarge(maxBytes: number): StorageError {
  return new StorageError('BLOB_TOO_LARGE', `the content is larger than the ${maxBytes} bytes allowed here`);
}
