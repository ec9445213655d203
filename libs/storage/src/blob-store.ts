import type { Readable } from 'node:stream';

export interface BlobInfo {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Text is stored as UTF-8. A stream is read to its end, and never held in memory as a whole. */
export type BlobContent = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface PutOptions {
  /** A content that turns out larger is refused with BLOB_TOO_LARGE, and nothing is stored. */
  readonly maxBytes?: number;
  /** Told to stores that keep it (S3), for whoever looks into the bucket. */
  readonly mediaType?: string;
}

/**
 * Blobs by key. Keys are paths of letters, digits and `._=+@-`, parts joined by `/`; no key leads out of the store.
 * A blob is there whole or not at all: readers never see half of one, and a put that resolved survives a crash.
 *
 * Errors: StorageError.
 */
export interface BlobStore {
  /** Where it is, without credentials, for messages. */
  readonly location: string;
  /** Stores the content, in place of what was there. */
  put(key: string, content: BlobContent, options?: PutOptions): Promise<BlobInfo>;
  /** Whoever takes the stream reads or destroys it. */
  get(key: string): Promise<{ readonly info: BlobInfo; readonly body: Readable }>;
  /** The whole blob; BLOB_TOO_LARGE beyond `maxBytes`. */
  getBytes(key: string, maxBytes: number): Promise<Buffer>;
  /** Undefined when there is no such blob. */
  head(key: string): Promise<BlobInfo | undefined>;
  /** In no particular order. The prefix is text: `docs/a` finds `docs/ab` too. */
  list(prefix?: string): AsyncIterable<BlobInfo>;
  /** Nothing happens when there is no such blob. */
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}
