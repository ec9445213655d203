import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { checkBlobKey } from '../blob-key.ts';
import type { BlobContent, BlobInfo, BlobStore, PutOptions } from '../blob-store.ts';
import { boundedBytes, boundedChunks, tooLarge } from '../bounded.ts';
import { StorageError } from '../storage-error.ts';
import { fileError, isAbsent } from './file-errors.ts';

/** What is being written; renamed into place when it is whole. */
const unfinished = '.tmp';

/**
 * Blobs as files below one folder, which is made at the first put. Symbolic links in it are not followed out of it.
 * Content is on the disk (fsync of file and folder) before a put resolves.
 */
export class FolderBlobStore implements BlobStore {
  readonly location: string;
  private readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
    this.location = `file:${this.root}`;
  }

  async put(key: string, content: BlobContent, options: PutOptions = {}): Promise<BlobInfo> {
    const path = this.pathOf(key);
    const temporary = join(this.root, unfinished, randomBytes(16).toString('hex'));
    try {
      await mkdir(dirname(temporary), { recursive: true, mode: 0o700 });
      const size = await this.write(temporary, content, options.maxBytes);
      await this.mustStayInside(dirname(path));
      const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      await syncFolder(dirname(path));
      if (made !== undefined) await syncFolder(dirname(made));
      return { key, size, modifiedAt: Date.now() };
    } catch (error) {
      await rm(temporary, { force: true });
      throw fileError(error, key);
    }
  }

  async get(key: string): Promise<{ info: BlobInfo; body: Readable }> {
    const { handle, info } = await this.openFile(key);
    return { info, body: handle.createReadStream() };
  }

  async getBytes(key: string, maxBytes: number): Promise<Buffer> {
    const { handle, info } = await this.openFile(key);
    try {
      if (info.size > maxBytes) throw tooLarge(maxBytes);
      return await boundedBytes(handle.createReadStream({ autoClose: false }), maxBytes);
    } catch (error) {
      throw fileError(error, key);
    } finally {
      await handle.close();
    }
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    const path = this.pathOf(key);
    try {
      await this.mustStayInside(path);
      const found = await stat(path);
      return found.isFile() ? { key, size: found.size, modifiedAt: found.mtimeMs } : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileError(error, key);
    }
  }

  async *list(prefix = ''): AsyncGenerator<BlobInfo> {
    if (prefix.includes('..')) checkBlobKey(prefix);
    const folder = join(this.root, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    for await (const path of filesBelow(folder)) {
      const key = relative(this.root, path).split(sep).join('/');
      if (!key.startsWith(prefix) || key.startsWith(`${unfinished}/`)) continue;
      const info = await this.head(key);
      if (info) yield info;
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    try {
      await this.mustStayInside(dirname(path));
      await rm(path);
    } catch (error) {
      if (!isAbsent(error)) throw fileError(error, key);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private pathOf(key: string): string {
    checkBlobKey(key);
    return join(this.root, key);
  }

  /** Follows the links of what exists of the path already. */
  private async mustStayInside(path: string): Promise<void> {
    let existing = path;
    for (;;) {
      try {
        const real = await realpath(existing);
        const root = await realpath(this.root);
        if (real === root || real.startsWith(root + sep)) return;
        throw new StorageError(
          'BLOB_KEY_INVALID',
          `${relative(this.root, path)} leads out of ${this.location} by a symbolic link`,
        );
      } catch (error) {
        if (!isAbsent(error)) throw error;
        if (existing === this.root) return;
        existing = dirname(existing);
      }
    }
  }

  private async openFile(key: string): Promise<{ handle: FileHandle; info: BlobInfo }> {
    const path = this.pathOf(key);
    let handle: FileHandle | undefined;
    try {
      await this.mustStayInside(path);
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      const found = await handle.stat();
      if (!found.isFile()) throw new StorageError('BLOB_NOT_FOUND', `there is no blob ${key}`);
      return { handle, info: { key, size: found.size, modifiedAt: found.mtimeMs } };
    } catch (error) {
      await handle?.close();
      throw fileError(error, key);
    }
  }

  private async write(path: string, content: BlobContent, maxBytes: number | undefined): Promise<number> {
    const handle = await open(path, 'wx', 0o600);
    try {
      let size = 0;
      for await (const chunk of boundedChunks(content, maxBytes)) {
        await handle.writeFile(chunk);
        size += chunk.byteLength;
      }
      await handle.sync();
      return size;
    } finally {
      await handle.close();
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* filesBelow(path);
      else if (entry.isFile()) yield path;
    }
  } catch (error) {
    // Gone while it was being read, or never there.
    if (!isAbsent(error)) throw error;
  }
}
