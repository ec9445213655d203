import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isClaimCheck, limits, type ClaimCheck } from '@jetsaga/contracts';
import { FolderBlobStore } from '../folder/folder-blob-store.ts';
import { BlobClaimChecks } from './blob-claim-checks.ts';

let folder: string;
let checks: BlobClaimChecks;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsaga-claims-'));
  checks = new BlobClaimChecks(new FolderBlobStore(folder));
});
afterAll(() => rm(folder, { recursive: true }));

it('leaves alone what fits inline, to the byte', async () => {
  const fits = 'x'.repeat(limits.inlineValueBytes - 2);
  expect(await checks.check(fits)).toBe(fits);
  expect(isClaimCheck(await checks.check(`${fits}x`))).toBe(true);
  // Fewer characters than the limit, but more bytes.
  expect(isClaimCheck(await checks.check('é'.repeat(limits.inlineValueBytes / 2)))).toBe(true);
});

it('gives the value back, however nested', async () => {
  const value = { rows: Array.from({ length: 20_000 }, (_, n) => ({ n, text: `línea ${n}` })) };
  const reference = await checks.check(value);
  expect(reference).toEqual({ $ref: expect.stringMatching(/^blob:/), size: expect.any(Number), mediaType: 'application/json' });
  expect(await checks.open(reference as ClaimCheck, limits.claimCheckBytes)).toEqual(value);
});

it('does not open more than it may', async () => {
  const reference = (await checks.check('x'.repeat(300_000))) as ClaimCheck;
  await expect(checks.open(reference, 300_001)).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
  // The reference is data: what it says of the size is not believed.
  await expect(checks.open({ ...reference, size: 1 }, 100)).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
});

it('keeps text and streams too', async () => {
  const text = await checks.storeContent(Readable.from([Buffer.from('some '), Buffer.from('text')]), 'text/plain');
  expect(text).toMatchObject({ size: 9, mediaType: 'text/plain' });
  expect(await checks.open(text, 9)).toBe('some text');
  expect((await buffer(await checks.openStream(text))).toString()).toBe('some text');
  const image = await checks.storeContent(Buffer.from([1, 2]), 'image/png');
  await expect(checks.open(image, 9)).rejects.toMatchObject({ code: 'BLOB_UNREADABLE' });
});

it.each(['blob:', 'blob:../../etc/passwd', `blob:${'0'.repeat(32)}`, `blob:${'0'.repeat(31)}/`])('knows no %s', async ($ref) => {
  await expect(checks.open({ $ref, size: 1, mediaType: 'application/json' }, 10)).rejects.toMatchObject({
    code: 'BLOB_NOT_FOUND',
  });
});

it('gives two equal values different references', async () => {
  const value = 'x'.repeat(limits.inlineValueBytes);
  expect(await checks.check(value)).not.toEqual(await checks.check(value));
});
