import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BlobClaimChecks, openBlobStore, type BlobStore } from '@jetsaga/storage';
import { startHttpServer, type TestHttpServer } from '@jetsaga/testing';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readSource, type SourceSettings } from './read-source.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

let folder: string;
let root: string;
let store: BlobStore;
let server: TestHttpServer;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sources-')));
  root = join(folder, 'documents');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(folder, 'documents-secret'));
  await writeFile(join(root, 'sub', 'a file.txt'), 'inside');
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await writeFile(join(folder, 'documents-secret', 'b.txt'), 'outside');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
  store = await openBlobStore(`file:${join(folder, 'blobs')}`);
  server = await startHttpServer();
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const read = async (
  uri: string,
  settings: Partial<SourceSettings> = {},
  options: { maxBytes?: number; signal?: AbortSignal } = {},
) => {
  const bytes = await readSource({ store, blobs: new BlobClaimChecks(store), settings: { egressAllow: [], ...settings } }, uri, {
    maxBytes: 1_000,
    signal: AbortSignal.timeout(5_000),
    ...options,
  });
  return Buffer.from(bytes).toString();
};

describe('files of the machine', () => {
  it('are read below the root, by absolute or relative address', async () => {
    expect(await read(pathToFileURL(join(root, 'sub', 'a file.txt')).href, { fileRoot: root })).toBe('inside');
    expect(await read('file:sub/a%20file.txt', { fileRoot: root })).toBe('inside');
  });

  it.each([
    'file:///etc/passwd',
    'file:../secret.txt',
    'file:sub/../../secret.txt',
    'file:%2e%2e/secret.txt',
    'file:../documents-secret/b.txt',
    'file:link.txt',
    'file:up/secret.txt',
    'file:sub',
    'file:.',
  ])('are refused elsewhere: %s', async (uri) => {
    await expect(read(uri, { fileRoot: root })).rejects.toMatchObject({ name: 'TerminalError', code: 'SOURCE_REFUSED' });
  });

  it('say the same of what is outside, there or not', async () => {
    const codes = ['file:../secret.txt', 'file:../no-such.txt'].map((uri) =>
      read(uri, { fileRoot: root }).catch((error: { code: string }) => error.code),
    );
    expect(await Promise.all(codes)).toEqual(['SOURCE_REFUSED', 'SOURCE_REFUSED']);
  });

  it('are not read at all without a root', async () => {
    await expect(read('file:///etc/passwd')).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('INGESTION_FILE_ROOT'),
    });
  });

  it('are missing, or too large', async () => {
    await expect(read('file:nothing.txt', { fileRoot: root })).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'SOURCE_NOT_FOUND',
    });
    await expect(read('file:sub/a%20file.txt', { fileRoot: root }, { maxBytes: 3 })).rejects.toMatchObject({
      code: 'DOCUMENT_TOO_LARGE',
    });
    await expect(read('file:a%00b', { fileRoot: root })).rejects.toMatchObject({ code: 'INVALID_URI' });
  });
});

describe('files of the web', () => {
  const allowed = () => ({ egressAllow: [`127.0.0.1:${server.port}`] });

  it('are read from hosts that are named, over redirects to such', async () => {
    server.answer(({ url }) => (url === '/a' ? { status: 302, headers: { location: '/b' } } : { body: 'from the web' }));
    expect(await read(`${server.url}/a`, allowed())).toBe('from the web');
  });

  it('are refused from others, also behind a redirect', async () => {
    await expect(read(`${server.url}/a`)).rejects.toMatchObject({ name: 'TerminalError', code: 'NOT_CONFIGURED' });
    await expect(read('http://169.254.169.254/latest/meta-data', allowed())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    server.answer(() => ({ status: 302, headers: { location: 'http://169.254.169.254/' } }));
    await expect(read(`${server.url}/a`, allowed())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    server.answer(() => ({ status: 302, headers: { location: 'file:///etc/passwd' } }));
    await expect(read(`${server.url}/a`, allowed())).rejects.toMatchObject({ code: 'INVALID_URI' });
  });

  it('are not followed in circles, nor read beyond the limit', async () => {
    server.answer(() => ({ status: 302, headers: { location: '/again' } }));
    await expect(read(`${server.url}/a`, allowed())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    server.answer((_request, response) => {
      const send = () => response.destroyed || response.write('x'.repeat(10_000), send);
      send();
    });
    await expect(read(`${server.url}/a`, allowed())).rejects.toMatchObject({ name: 'TerminalError', code: 'DOCUMENT_TOO_LARGE' });
  });

  it.each([
    [404, 'TerminalError', 'SOURCE_NOT_FOUND'],
    [403, 'TerminalError', 'SOURCE_REFUSED'],
    [503, 'RetryableError', 'SOURCE_UNAVAILABLE'],
    [429, 'RetryableError', 'SOURCE_UNAVAILABLE'],
  ])('answered with %i are a %s %s', async (status, name, code) => {
    server.answer(() => ({ status }));
    await expect(read(`${server.url}/a`, allowed())).rejects.toMatchObject({ name, code });
  });
});

it('uploaded files are read from the blob store', async () => {
  await store.put('uploads/ab/abcd', 'uploaded');
  expect(await read('blob:uploads/ab/abcd')).toBe('uploaded');
  await expect(read('blob:uploads/ab/abcd', {}, { maxBytes: 3 })).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'DOCUMENT_TOO_LARGE',
  });
});

it.each([
  ['s3://bucket/key', 'NOT_CONFIGURED'],
  ['ftp://host/file', 'INVALID_URI'],
  ['/etc/passwd', 'INVALID_URI'],
  ['blob:../../etc/passwd', 'BLOB_NOT_FOUND'],
  ['blob:uploads/../claims/x', 'BLOB_KEY_INVALID'],
  ['blob:claims/ab/abc', 'BLOB_NOT_FOUND'],
  ['blob:uploads/ab/abc', 'BLOB_NOT_FOUND'],
])('%s is refused as %s', async (uri, code) => {
  await expect(read(uri, { fileRoot: root })).rejects.toMatchObject({ name: 'TerminalError', code });
});
