import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentProblem } from '../src/parsing/document-problem.ts';
import { ParserThreads } from '../src/parsing/parser-threads.ts';
import { writeSampleFiles } from './sample-files.ts';

// Servers and threads start here, on machines that have other things to do.
jest.setTimeout(30_000);

type Damage = (bytes: Uint8Array) => Uint8Array;

/** Evenly anywhere; fast-check would prefer the beginning. */
const share = fc.noBias(fc.nat(999_999)).map((millionth) => millionth / 1_000_000);
const changedByte = fc.tuple(share, fc.nat(255)).map(
  ([at, byte]): Damage =>
    (bytes) =>
      bytes.map((old, index) => (index === Math.floor(at * bytes.length) ? byte : old)),
);
const cutOff = share.map(
  (at): Damage =>
    (bytes) =>
      bytes.slice(0, Math.floor(at * bytes.length)),
);
const inserted = fc.tuple(share, fc.uint8Array({ minLength: 1, maxLength: 60 })).map(([at, more]): Damage => (bytes) => {
  const place = Math.floor(at * bytes.length);
  return Uint8Array.from([...bytes.subarray(0, place), ...more, ...bytes.subarray(place)]);
});
const movedPart = fc.tuple(share, share, share).map(([to, from, end]): Damage => (bytes) => {
  const copy = bytes.slice();
  copy.copyWithin(Math.floor(to * bytes.length), Math.floor(from * bytes.length), Math.floor(end * bytes.length));
  return copy;
});
/** What disks, mailers and attackers do to files; little of it at a time, so that parsers get far. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 10, arbitrary: changedByte },
  { weight: 3, arbitrary: inserted },
  { weight: 2, arbitrary: movedPart },
  { weight: 1, arbitrary: cutOff },
);

describe('damaged files of every format', () => {
  let folder: string;
  let threads: ParserThreads;
  const files: { name: string; bytes: Uint8Array }[] = [];
  beforeAll(async () => {
    threads = new ParserThreads({ timeLimitMs: 20_000 });
    folder = await mkdtemp(join(tmpdir(), 'damaged-'));
    for (const { name, path } of await writeSampleFiles(folder, 16))
      files.push({ name, bytes: new Uint8Array(await readFile(path)) });
  });
  afterAll(async () => {
    await threads.close();
    await rm(folder, { recursive: true });
  });

  it('give clean text, or a problem with its code', async () => {
    const damaged = fc.tuple(fc.nat(), fc.array(damage, { minLength: 1, maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(damaged, async ([pick, damages]) => {
        const { name, bytes } = files[pick % files.length]!;
        try {
          const { text } = await threads.parse(
            damages.reduce((sofar, apply) => apply(sofar), bytes),
            { name },
          );
          expect(text.trim()).not.toBe('');
          expect(text.includes('\0') || !text.isWellFormed()).toBe(false);
        } catch (error) {
          if (!(error instanceof DocumentProblem)) throw error;
          expect(error.message).toMatch(/\w+ \w+/);
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
