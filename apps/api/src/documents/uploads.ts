import type { Readable } from 'node:stream';

export interface StoredUpload {
  /** Where the ingestion service finds it. */
  readonly uri: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Puts uploaded files into the blob store, without ever holding one in memory. */
export abstract class Uploads {
  abstract store(content: Readable, mediaType: string): Promise<StoredUpload>;
  abstract discard(upload: StoredUpload): Promise<void>;
}
