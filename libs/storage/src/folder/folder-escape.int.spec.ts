import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FolderBlobStore } from './folder-blob-store.ts';

let base: string;
let store: FolderBlobStore;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'jetsaga-escape-'));
  await mkdir(join(base, 'store'));
  await mkdir(join(base, 'outside'));
  await writeFile(join(base, 'outside', 'secret'), 'secret');
  store = new FolderBlobStore(join(base, 'store'));
});
afterEach(() => rm(base, { recursive: true }));

it('does not follow a folder that is a link to outside', async () => {
  await symlink(join(base, 'outside'), join(base, 'store', 'link'));
  await expect(store.getBytes('link/secret', 100)).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  await expect(store.head('link/secret')).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  await expect(store.put('link/new', 'x')).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  await expect(store.put('link/deep/new', 'x')).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  await expect(store.delete('link/secret')).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  expect(await readdir(join(base, 'outside'))).toEqual(['secret']);
});

it('does not follow a file that is a link to outside, and replaces it rather than write through it', async () => {
  await symlink(join(base, 'outside', 'secret'), join(base, 'store', 'file'));
  await expect(store.getBytes('file', 100)).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
  await store.put('file', 'mine');
  expect(await readFile(join(base, 'outside', 'secret'), 'utf8')).toBe('secret');
  expect((await store.getBytes('file', 100)).toString()).toBe('mine');
});

it('may itself lie behind a link', async () => {
  await symlink(join(base, 'store'), join(base, 'alias'));
  const aliased = new FolderBlobStore(join(base, 'alias'));
  await aliased.put('a/b', 'x');
  expect((await store.getBytes('a/b', 1)).toString()).toBe('x');
});
