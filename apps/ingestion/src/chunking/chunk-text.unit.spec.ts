import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadTokenizer } from '@jetsaga/ai';
import fc from 'fast-check';
import { chunkOptionsSchema, type ChunkOptions } from './chunk-options.ts';
import { chunkText } from './chunk-text.ts';

const documentId = '0190a5c0-0000-7000-8000-000000000001';
const options = (given: Partial<ChunkOptions> = {}) => chunkOptionsSchema.parse(given);
const onePage = (text: string) => [{ number: 1, start: 0, end: text.length }];
let count: (text: string) => number;
beforeAll(async () => {
  ({ count } = await loadTokenizer());
});
const chunk = (text: string, given: Partial<ChunkOptions> = {}, pages = onePage(text)) => [
  ...chunkText({ documentId, text, pages }, options(given), count),
];

const sentence = (index: number) => `Sentence number ${index} speaks about crate ${index * 7} in the storehouse. `;
const prose = Array.from({ length: 60 }, (_, index) => sentence(index) + (index % 6 === 5 ? '\n\n' : '')).join('');

describe('chunkText', () => {
  it('makes one chunk of a short text, trimmed, with its offsets', () => {
    const [only, ...more] = chunk('\n\n  A short note.  \n');
    expect(more).toEqual([]);
    expect(only).toMatchObject({ position: 0, text: 'A short note.', start: 4, end: 17, firstPage: 1, lastPage: 1 });
  });

  it('makes none of white space', () => {
    expect(chunk(' \n \n')).toEqual([]);
  });

  it('ends chunks at the ends of sentences', () => {
    const chunks = chunk(prose, { strategy: 'sentences', size: 60, overlap: 0 });
    expect(chunks.length).toBeGreaterThan(10);
    for (const { text } of chunks) expect(text).toMatch(/^Sentence[\s\S]*\.$/);
    expect(
      chunks
        .map(({ text }) => text)
        .join(' ')
        .replace(/\s+/g, ' '),
    ).toBe(prose.replace(/\s+/g, ' ').trim());
  });

  it('repeats the end of a chunk at the start of the next', () => {
    const chunks = chunk(prose, { strategy: 'tokens', size: 60, overlap: 15 });
    chunks.slice(1).forEach((next, index) => {
      const previous = chunks[index]!;
      expect(next.start).toBeLessThan(previous.end);
      expect(next.end).toBeGreaterThan(previous.end);
      expect(count(prose.slice(next.start, previous.end))).toBeLessThanOrEqual(16);
    });
  });

  it('keeps Markdown sections apart and their headings with them', () => {
    const source = `# Guide\n\nIntro.\n\n## Install\n\nRun it.\n\n### On Linux\n\nUse apt.\n\n## Use\n\n${'Call the tool. '.repeat(40)}`;
    const texts = chunk(source, { strategy: 'markdown', size: 60, overlap: 10 }).map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual(['# Guide\n\nIntro.', '## Install\n\nRun it.\n\n### On Linux\n\nUse apt.']);
    expect(texts[2]).toMatch(/^## Use\n\nCall/);
  });

  it('keeps pages apart and knows them', () => {
    const first = prose.slice(0, 2_000);
    const text = `${first}\n\nThe second page.\n\n\n\nThe fourth page.`;
    const second = first.length + 2;
    const pages = [
      { number: 1, start: 0, end: first.length },
      { number: 2, start: second, end: second + 16 },
      { number: 3, start: second + 18, end: second + 18 },
      { number: 4, start: second + 20, end: text.length },
    ];
    const chunks = chunk(text, { strategy: 'pages', size: 100 }, pages);
    expect(chunks.slice(-2).map(({ text: own, firstPage, lastPage }) => [own, firstPage, lastPage])).toEqual([
      ['The second page.', 2, 2],
      ['The fourth page.', 4, 4],
    ]);
    const across = chunk(text, { strategy: 'sentences', size: 8_000 }, pages);
    expect(across).toMatchObject([{ firstPage: 1, lastPage: 4 }]);
  });

  it('gives the same chunks for the same input, and other ids for another document or other options', () => {
    const ids = (id: string, given: Partial<ChunkOptions>) =>
      [...chunkText({ documentId: id, text: prose, pages: onePage(prose) }, options(given), count)].map((one) => one.id);
    expect(ids(documentId, {})).toEqual(ids(documentId, {}));
    const other = '0190a5c0-0000-7000-8000-000000000002';
    expect(new Set([...ids(documentId, {}), ...ids(other, {}), ...ids(documentId, { size: 399 })]).size).toBe(
      ids(documentId, {}).length * 3,
    );
  });

  it.each(['tokens', 'sentences', 'markdown', 'pages'] as const)('with %s: any text is covered, within the size', (strategy) => {
    const pieces = fc.oneof(
      fc.constantFrom(
        'word',
        ' ',
        '\n\n',
        '. ',
        '# Heading\n',
        '漢字',
        '🦊',
        '```\n',
        'x'.repeat(900),
        '\t',
        'A sentence of a few words. ',
      ),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        fc.integer({ min: 16, max: 64 }),
        fc.integer({ min: 0, max: 8 }),
        (parts, size, overlap) => {
          const text = parts.join('').toWellFormed();
          const chunks = chunk(text, { strategy, size, overlap });
          let covered = 0;
          for (const { start, end, text: own, tokens } of chunks) {
            expect(text.slice(start, end)).toBe(own);
            expect(tokens).toBeLessThanOrEqual(size);
            expect(end).toBeGreaterThan(covered);
            expect(text.slice(covered, Math.max(start, covered)).trim()).toBe('');
            covered = end;
          }
          expect(text.slice(covered).trim()).toBe('');
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['without white space', 'x'.repeat(2_000_000)],
    ['of emoji', `x${'🦊'.repeat(300_000)}`],
    ['of line breaks', 'a\n\n'.repeat(100_000)],
  ])('stays linear in a long text %s', (_name, text) => {
    const chunks = chunk(text, { size: 400 });
    expect(chunks.at(-1)?.end).toBe(text.trimEnd().length);
    expect(chunks.every((one) => one.text.isWellFormed())).toBe(true);
  });
});
