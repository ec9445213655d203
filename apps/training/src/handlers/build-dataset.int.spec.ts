import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@jetsaga/contracts';
import { BlobClaimChecks, openBlobStore, type BlobStore } from '@jetsaga/storage';
import { tryHandler } from '@jetsaga/worker';
import { buildDataset } from './build-dataset.handler.ts';

let folder: string;
let store: BlobStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsaga-training-'));
  store = await openBlobStore(`file:${folder}`);
});
afterAll(() => rm(folder, { recursive: true }));

interface Built {
  datasetId: string;
  examples: number;
  files: Record<string, { key: string; examples: number; bytes: number }>;
  rejected: { line: number; reason: string }[];
  rejectedCount: number;
}
const build = async (config: { [key: string]: Json }) =>
  (await tryHandler(buildDataset(store), config)).output as unknown as Built;
const contentOf = async (key: string) => (await store.getBytes(key, 1e6)).toString();
const pair = (n: number) => ({ prompt: `question ${n}`, completion: `answer ${n}` });
const lines = (values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

describe('build_dataset', () => {
  it('stores what fits as JSON Lines, and says why the rest does not', async () => {
    const file = [
      lines([pair(1), pair(2)]),
      '{"prompt":',
      lines([{ prompt: 'only' }, pair(1), { prompt: ' ', completion: 'x' }, pair(3)]),
    ].join('\n');
    const built = await build({ source: 'file', file, format: 'completion' });
    expect(built).toMatchObject({ examples: 3, rejectedCount: 4, files: { train: { examples: 3 } } });
    expect(built.rejected).toEqual([
      { line: 3, reason: expect.stringContaining('is no JSON') },
      { line: 4, reason: expect.stringContaining('completion') },
      { line: 5, reason: 'is the same as line 1' },
      { line: 6, reason: 'prompt: is empty' },
    ]);
    const stored = await contentOf(built.files['train']?.key ?? '');
    expect(stored.endsWith('\n')).toBe(true);
    expect(
      stored
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(expect.arrayContaining([pair(1), pair(2), pair(3)]));
    const manifest: unknown = JSON.parse(await contentOf(`datasets/${built.datasetId}/manifest.json`));
    expect(manifest).toEqual({ v: 1, datasetId: built.datasetId, format: 'completion', files: built.files });
  });

  it('is reproducible: the same examples and seed are the same dataset', async () => {
    const split = { train: 0.8, validation: 0.2 };
    const examples = Array.from({ length: 50 }, (_, n) => pair(n));
    const one = await build({ examples, split, seed: 7 });
    const again = await build({ examples: [...examples].reverse(), split, seed: 7 });
    const other = await build({ examples, split, seed: 8 });
    expect(again).toEqual(one);
    expect(other.datasetId).not.toBe(one.datasetId);
    expect(one.files).toMatchObject({ train: { examples: 40 }, validation: { examples: 10 } });
    expect(one.files).not.toHaveProperty('test');
  });

  it('makes chats of pairs, and keeps chats', async () => {
    const chat = {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'u' },
        { role: 'assistant', content: 'a' },
      ],
    };
    const unanswered = { messages: chat.messages.slice(0, 2) };
    const built = await build({ examples: [pair(1), chat, unanswered] });
    const stored = (await contentOf(built.files['train']?.key ?? '')).trim().split('\n');
    expect(stored).toContain(JSON.stringify(chat));
    expect(stored).toContain(
      JSON.stringify({
        messages: [
          { role: 'user', content: 'question 1' },
          { role: 'assistant', content: 'answer 1' },
        ],
      }),
    );
    expect(built.rejected).toEqual([{ line: 3, reason: expect.stringContaining('does not end with an answer') }]);
  });

  it('takes preferences, repeated examples and bounds as it is told', async () => {
    const preference = { prompt: 'p', chosen: 'good', rejected: 'bad' };
    const examples = [preference, preference, { ...preference, rejected: 'good' }, { ...preference, prompt: 'x'.repeat(50) }];
    const built = await build({ examples, format: 'preference', dedupe: false, maxCharacters: 40 });
    expect(built).toMatchObject({ examples: 2, rejectedCount: 2 });
    expect(built.rejected.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('reads claim checks, of lines and of lists', async () => {
    const checks = new BlobClaimChecks(store);
    const examples = Array.from({ length: 9_000 }, (_, n) => pair(n));
    const list = await checks.check(examples);
    const ndjson = { ...(await checks.storeContent(lines(examples), 'application/x-ndjson')) };
    const [one, other] = await Promise.all([build({ examples: list }), build({ file: ndjson })]);
    expect(one).toMatchObject({ examples: 9_000, rejectedCount: 0 });
    expect(other.datasetId).toBe(one.datasetId);
  });

  it.each<[string, { [key: string]: Json }]>([
    ['SOURCE_NOT_AVAILABLE', { source: 'documents' }],
    ['SOURCE_NOT_AVAILABLE', { source: 'executions', file: '{}' }],
    ['INVALID_CONFIG', { source: 'file' }],
    ['INVALID_CONFIG', {}],
    ['INVALID_CONFIG', { examples: [], file: '' }],
    ['INVALID_CONFIG', { examples: [], split: { train: 0.5 } }],
    ['DATASET_EMPTY', { examples: [] }],
    ['DATASET_EMPTY', { file: '{"no":"example"}' }],
    ['BLOB_NOT_FOUND', { file: { $ref: `blob:${'0'.repeat(32)}`, size: 1, mediaType: 'text/plain' } }],
  ])('%s: %j', async (code, config) => {
    await expect(build(config)).rejects.toMatchObject({ code });
  });
});
