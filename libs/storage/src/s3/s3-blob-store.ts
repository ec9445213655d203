import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { checkBlobKey } from '../blob-key.ts';
import type { BlobContent, BlobInfo, BlobStore, PutOptions } from '../blob-store.ts';
import { boundedBytes, boundedChunks, tooLarge } from '../bounded.ts';
import { isAbsentObject, s3Error } from './s3-errors.ts';

export interface S3BlobStoreOptions {
  readonly bucket: string;
  /** Put before every key, with a `/` between; `''` for none. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** Blobs in an S3 bucket. A stream is uploaded in parts of 8 MiB, two of them at a time. */
export class S3BlobStore implements BlobStore {
  readonly location: string;
  private readonly client: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  constructor(options: S3BlobStoreOptions) {
    this.bucket = options.bucket;
    this.prefix = options.prefix === '' ? '' : `${options.prefix}/`;
    this.location = `s3://${options.bucket}/${options.prefix}`;
    this.client = new S3Client({
      region: options.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
      // Servers other than Amazon's rarely serve a bucket under a host name of its own.
      ...(options.endpoint ? { endpoint: options.endpoint, forcePathStyle: true } : {}),
      // Some compatible servers cannot read the SDK's checksum trailers.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(key: string, content: BlobContent, options: PutOptions = {}): Promise<BlobInfo> {
    const place = { ...this.placeOf(key), ContentType: options.mediaType };
    try {
      if (typeof content === 'string' || content instanceof Uint8Array) {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content;
        if (bytes.byteLength > (options.maxBytes ?? Number.POSITIVE_INFINITY)) throw tooLarge(options.maxBytes ?? 0);
        await this.client.send(new PutObjectCommand({ ...place, Body: bytes }));
        return { key, size: bytes.byteLength, modifiedAt: Date.now() };
      }
      return { key, size: await this.upload(place, content, options.maxBytes), modifiedAt: Date.now() };
    } catch (error) {
      throw s3Error(error, key, this.location);
    }
  }

  async get(key: string): Promise<{ info: BlobInfo; body: Readable }> {
    try {
      const answer = await this.client.send(new GetObjectCommand(this.placeOf(key)));
      const info = { key, size: answer.ContentLength ?? 0, modifiedAt: answer.LastModified?.getTime() ?? 0 };
      return { info, body: answer.Body as Readable };
    } catch (error) {
      throw s3Error(error, key, this.location);
    }
  }

  async getBytes(key: string, maxBytes: number): Promise<Buffer> {
    const { info, body } = await this.get(key);
    try {
      if (info.size > maxBytes) throw tooLarge(maxBytes);
      return await boundedBytes(body, maxBytes);
    } catch (error) {
      throw s3Error(error, key, this.location);
    } finally {
      body.destroy();
    }
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    try {
      const answer = await this.client.send(new HeadObjectCommand(this.placeOf(key)));
      return { key, size: answer.ContentLength ?? 0, modifiedAt: answer.LastModified?.getTime() ?? 0 };
    } catch (error) {
      if (isAbsentObject(error)) return undefined;
      throw s3Error(error, key, this.location);
    }
  }

  async *list(prefix = ''): AsyncGenerator<BlobInfo> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: this.prefix + prefix });
    try {
      for await (const page of pages) {
        for (const found of page.Contents ?? []) {
          const key = (found.Key ?? '').slice(this.prefix.length);
          yield { key, size: found.Size ?? 0, modifiedAt: found.LastModified?.getTime() ?? 0 };
        }
      }
    } catch (error) {
      throw s3Error(error, prefix, this.location);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      await this.client.send(new DeleteObjectCommand(this.placeOf(key)));
    } catch (error) {
      if (!isAbsentObject(error)) throw s3Error(error, key, this.location);
    }
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }

  private placeOf(key: string): { Bucket: string; Key: string } {
    checkBlobKey(key);
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  /** Parts of a stream that fails are removed again, so that nothing of it is ever seen. */
  private async upload(place: object & { Bucket: string; Key: string }, content: AsyncIterable<Uint8Array>, maxBytes?: number) {
    let size = 0;
    async function* counted() {
      for await (const chunk of boundedChunks(content, maxBytes)) {
        size += chunk.byteLength;
        yield chunk;
      }
    }
    const upload = new Upload({
      client: this.client,
      params: { ...place, Body: Readable.from(counted(), { objectMode: false }) },
      partSize: 8 * 1024 * 1024,
      queueSize: 2,
    });
    await upload.done();
    return size;
  }
}
