import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import S3rver from 's3rver';
import { openBlobStore, type BlobInfo, type BlobStore } from './index.ts';

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jetsaga-storage-'));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

let server: S3rver;
let endpoint = '';
beforeAll(async () => {
  const directory = await newFolder();
  const configureBuckets = [{ name: 'blobs', configs: [] }];
  server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets });
  endpoint = `http://127.0.0.1:${(await server.run()).port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';
});
afterAll(() => server.close());

const startS3 = (url = 's3://blobs/some/prefix') => openBlobStore(url, { s3Endpoint: endpoint, s3Region: 'us-east-1' });

async function startFolder(): Promise<BlobStore> {
  return openBlobStore(`file:${join(await newFolder(), 'made', 'at-first-put')}`);
}

describe.each([
  ['a folder', startFolder],
  ['S3', () => startS3()],
])('a blob store in %s', (_name, start) => {
  let store: BlobStore;
  beforeAll(async () => {
    store = await start();
  });
  afterAll(() => store.close());

  const keys = async (prefix?: string) => {
    const found: BlobInfo[] = [];
    for await (const info of store.list(prefix)) found.push(info);
    return found.map(({ key }) => key).sort();
  };

  it('gives back what was put, as text, bytes and stream', async () => {
    expect(await store.put('docs/a.txt', 'Grüße')).toMatchObject({ key: 'docs/a.txt', size: 7 });
    expect((await store.getBytes('docs/a.txt', 100)).toString()).toBe('Grüße');

    const large = Buffer.alloc(9 * 1024 * 1024, 'jetsaga ');
    const put = await store.put('docs/large', Readable.from([large.subarray(0, 5_000_000), large.subarray(5_000_000)]));
    expect(put.size).toBe(large.byteLength);
    const { info, body } = await store.get('docs/large');
    expect(info.size).toBe(large.byteLength);
    expect((await buffer(body)).equals(large)).toBe(true);
  });

  it('replaces, tells the size, and deletes', async () => {
    await store.put('one', 'first');
    await store.put('one', 'second');
    expect((await store.getBytes('one', 10)).toString()).toBe('second');
    expect(await store.head('one')).toMatchObject({ key: 'one', size: 6 });
    await store.delete('one');
    expect(await store.head('one')).toBeUndefined();
    await store.delete('one');
  });

  it('names what is missing', async () => {
    await expect(store.getBytes('nobody', 10)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(store.get('nobody/home')).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    expect(await store.head('nobody')).toBeUndefined();
  });

  it('refuses what is too large, and leaves nothing of it behind', async () => {
    await expect(store.put('big/text', 'x'.repeat(11), { maxBytes: 10 })).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
    const stream = Readable.from([Buffer.alloc(6), Buffer.alloc(6)]);
    await expect(store.put('big/stream', stream, { maxBytes: 10 })).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
    await store.put('fits', 'x'.repeat(10), { maxBytes: 10 });
    await expect(store.getBytes('fits', 9)).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
    expect(await keys('big/')).toEqual([]);
  });

  it('leaves nothing behind when the source fails half-way', async () => {
    const failing = async function* () {
      yield Buffer.from('half');
      throw new Error('the source broke');
    };
    await expect(store.put('half', failing())).rejects.toThrow('the source broke');
    expect(await keys('half')).toEqual([]);
  });

  it('lists by prefix', async () => {
    await Promise.all(['list/a/1', 'list/a/2', 'list/ab', 'list/b'].map((key) => store.put(key, key)));
    expect(await keys('list/a')).toEqual(['list/a/1', 'list/a/2', 'list/ab']);
    expect(await keys('list/a/')).toEqual(['list/a/1', 'list/a/2']);
    expect(await keys('none')).toEqual([]);
    expect(await keys()).toEqual(expect.arrayContaining(['list/b', 'docs/a.txt']));
  });

  it.each([
    '',
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a//b',
    './a',
    'a\\..\\b',
    'a\0b',
    'a/.',
    '.tmp/x',
    'x'.repeat(600),
  ])('refuses the key %j', async (key) => {
    for (const attempt of [store.put(key, 'x'), store.get(key), store.getBytes(key, 1), store.head(key), store.delete(key)]) {
      await expect(attempt).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
    }
  });

  it('survives many writers of one key: one of them wins, whole', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.put('contended', String(index).repeat(10_000))));
    const text = (await store.getBytes('contended', 100_000)).toString();
    expect(new Set(text.match(/.{2}/g)).size).toBe(1);
  });
});

it('a bucket that does not exist is no missing blob', async () => {
  const store = await startS3('s3://nowhere');
  await expect(store.getBytes('x', 10)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  await store.close();
});

it('a folder keeps no unfinished files', async () => {
  const folder = await newFolder();
  const store = await openBlobStore(`file:${folder}`);
  await store.put('a', 'a');
  await expect(store.put('b', 'bb', { maxBytes: 1 })).rejects.toThrow();
  expect(await readdir(join(folder, '.tmp'))).toEqual([]);
});
