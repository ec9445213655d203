import { expect, it } from '@jest/globals';
import { openBlobStore } from './open-blob-store.ts';

it.each([
  ['file:/var/lib/blobs', 'file:/var/lib/blobs'],
  ['file:///var/lib/my%20blobs', 'file:/var/lib/my blobs'],
  ['file:blobs', `file:${process.cwd()}/blobs`],
  ['s3://bucket/a/prefix/', 's3://bucket/a/prefix'],
  ['s3://bucket', 's3://bucket/'],
])('%s is %s', async (url, location) => {
  const store = await openBlobStore(url);
  expect(store.location).toBe(location);
  await store.close();
});

it.each([
  '',
  'blobs',
  'file:',
  'file://host/share',
  's3:bucket',
  's3://B_ucket/x',
  'ftp://host',
  'nats:',
  'http://user:password@host',
])('%j is refused, and no password shown', async (url) => {
  const refused = await openBlobStore(url).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'STORAGE_URL_INVALID', message: expect.stringContaining('s3://bucket/prefix') });
  expect(String(refused)).not.toContain('password');
});
