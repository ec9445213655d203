import { createHash } from 'node:crypto';
import type { BlobStore } from '@jetsaga/storage';
import type { ExampleFormat } from './example-formats.ts';
import { splitNames, type SplitName } from './split-examples.ts';

export interface DatasetFile {
  /** In the blob store. */
  readonly key: string;
  readonly examples: number;
  readonly bytes: number;
}

export interface StoredDataset {
  readonly datasetId: string;
  /** Splits that have examples. */
  readonly files: Partial<Record<SplitName, DatasetFile>>;
}

/**
 * Writes one JSON Lines file per split, then `manifest.json`: a dataset with a manifest is whole. Its id follows from its
 * content, so that building it twice gives one dataset.
 */
export async function storeDataset(
  store: BlobStore,
  format: ExampleFormat,
  splits: Readonly<Record<SplitName, readonly string[]>>,
): Promise<StoredDataset> {
  const texts = splitNames.map((name) => ({ name, lines: splits[name], text: splits[name].map((line) => `${line}\n`).join('') }));
  const hash = createHash('sha256').update(format);
  for (const { name, text } of texts) hash.update(`\0${name}\0`).update(text);
  const datasetId = `ds-${hash.digest('hex').slice(0, 32)}`;
  const files: Partial<Record<SplitName, DatasetFile>> = {};
  for (const { name, lines, text } of texts) {
    if (lines.length === 0) continue;
    const key = `datasets/${datasetId}/${name}.jsonl`;
    const { size } = await store.put(key, text, { mediaType: 'application/x-ndjson' });
    files[name] = { key, examples: lines.length, bytes: size };
  }
  const manifest = JSON.stringify({ v: 1, datasetId, format, files });
  await store.put(`datasets/${datasetId}/manifest.json`, manifest, { mediaType: 'application/json' });
  return { datasetId, files };
}
