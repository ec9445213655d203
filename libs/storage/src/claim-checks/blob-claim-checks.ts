import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { limits, type ClaimCheck, type ClaimChecks, type Json } from '@jetsaga/contracts';
import type { BlobContent, BlobStore } from '../blob-store.ts';
import { StorageError } from '../storage-error.ts';

const id = /^blob:([0-9a-f]{32})$/;
const json = 'application/json';

/**
 * Large payloads in the blob store, below `claims/`. A reference is a secret of its own: 128 random bits, so that nobody
 * reads a payload whose reference he was not given.
 */
export class BlobClaimChecks implements ClaimChecks {
  private readonly store: BlobStore;
  private readonly inlineBytes: number;

  constructor(store: BlobStore, options: { readonly inlineBytes?: number } = {}) {
    this.store = store;
    this.inlineBytes = options.inlineBytes ?? limits.inlineValueBytes;
  }

  async check(value: Json): Promise<Json> {
    const text = JSON.stringify(value);
    // A character is at most three bytes: most values need no counting.
    if (text.length * 3 <= this.inlineBytes || Buffer.byteLength(text) <= this.inlineBytes) return value;
    const { $ref, size, mediaType } = await this.storeContent(text, json);
    return { $ref, size, mediaType };
  }

  async open(reference: ClaimCheck, maxBytes: number): Promise<Json> {
    const text = (await this.openBytes(reference, maxBytes)).toString('utf8');
    if (reference.mediaType.startsWith('text/')) return text;
    if (reference.mediaType !== json) {
      throw new StorageError('BLOB_UNREADABLE', `${reference.$ref} holds ${reference.mediaType}, not JSON or text`);
    }
    try {
      return JSON.parse(text) as Json;
    } catch (cause) {
      throw new StorageError('BLOB_UNREADABLE', `what ${reference.$ref} holds is no JSON any more`, { cause });
    }
  }

  /** Stores content of any kind behind a reference; BLOB_TOO_LARGE beyond `maxBytes`. */
  async storeContent(content: BlobContent, mediaType: string, maxBytes: number = limits.claimCheckBytes): Promise<ClaimCheck> {
    const name = randomBytes(16).toString('hex');
    const { size } = await this.store.put(keyOf(name), content, { maxBytes, mediaType });
    return { $ref: `blob:${name}`, size, mediaType };
  }

  async openBytes(reference: ClaimCheck, maxBytes: number): Promise<Buffer> {
    return this.store.getBytes(this.keyOfReference(reference), maxBytes);
  }

  /** Whoever takes the stream reads or destroys it. */
  async openStream(reference: ClaimCheck): Promise<Readable> {
    return (await this.store.get(this.keyOfReference(reference))).body;
  }

  /** Nothing happens when there is nothing behind it any more. */
  async delete(reference: Pick<ClaimCheck, '$ref'>): Promise<void> {
    await this.store.delete(this.keyOfReference(reference));
  }

  private keyOfReference(reference: Pick<ClaimCheck, '$ref'>): string {
    const name = id.exec(reference.$ref)?.[1];
    if (name === undefined)
      throw new StorageError('BLOB_NOT_FOUND', `${JSON.stringify(reference.$ref)} is no reference of a blob`);
    return keyOf(name);
  }
}

/** In 256 folders, so that none of them grows too large. */
function keyOf(name: string): string {
  return `claims/${name.slice(0, 2)}/${name}`;
}
