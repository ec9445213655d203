import type { PageSpan } from '../parsing/parsed-document.ts';
import { markdownHeadings } from '../parsing/markdown-lines.ts';
import type { ChunkOptions } from './chunk-options.ts';

/** A stretch of text that a chunk holds whole. Offsets are UTF-16 code units, `end` exclusive. */
export interface Atom {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  /** No chunk holds both this atom and the one before it. */
  readonly boundary: boolean;
}

export interface AtomSource {
  readonly text: string;
  readonly pages: readonly PageSpan[];
  readonly count: (text: string) => number;
  readonly options: Pick<ChunkOptions, 'strategy' | 'size'>;
}

type Span = readonly [start: number, end: number];

/** Runs without white space are cut here: nothing sensible is longer, and counting tokens is not linear in them. */
const longestWord = 200;
/** White space, then a word, then the line breaks that belong to it: tokens do not reach over such a seam. */
const word = new RegExp(`\\s*\\S{1,${longestWord}}[\\r\\n]*`, 'gu');
/** Sentences are looked for within this much text: the segmenter takes the whole of what it is given. */
const longestParagraph = 20_000;

/** The document as atoms, in order, none larger than a chunk; made one after the other, so that a long text stays small. */
export function* atoms(source: AtomSource): Generator<Atom> {
  for (const region of regions(source)) {
    let boundary = true;
    for (const atom of pieces(source, region)) {
      yield boundary ? { ...atom, boundary } : atom;
      boundary = false;
    }
  }
}

/** Stretches that chunks do not reach over: pages, or Markdown's top sections; else the whole text. */
function* regions({ text, pages, options }: AtomSource): Generator<Span> {
  if (options.strategy === 'pages') {
    for (const { start, end } of pages) yield [start, end];
    return;
  }
  if (options.strategy === 'markdown') {
    let start = 0;
    for (const heading of markdownHeadings(text)) {
      if (heading.level > 2 || heading.start === start) continue;
      yield [start, heading.start];
      start = heading.start;
    }
    yield [start, text.length];
    return;
  }
  yield [0, text.length];
}

function* pieces(source: AtomSource, region: Span): Generator<Atom> {
  const { strategy } = source.options;
  if (strategy === 'tokens') return yield* words(source, region);
  for (const paragraph of paragraphs(source.text, region)) {
    if (strategy === 'markdown') {
      const whole = atomOf(source, paragraph);
      if (whole.tokens <= source.options.size) {
        yield whole;
        continue;
      }
    }
    yield* sentences(source, paragraph);
  }
}

/** Up to and with the blank lines that end each. */
function* paragraphs(text: string, [from, to]: Span): Generator<Span> {
  let start = from;
  while (start < to) {
    const blank = text.indexOf('\n\n', start);
    let end = blank < 0 || blank >= to ? to : blank + 2;
    while (end < to && text[end] === '\n') end += 1;
    while (end - start > longestParagraph) {
      const cut = wholeCharacter(text, start + longestParagraph);
      yield [start, cut];
      start = cut;
    }
    yield [start, end];
    start = end;
  }
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

function* sentences(source: AtomSource, [from, to]: Span): Generator<Atom> {
  for (const { index, segment } of segmenter.segment(source.text.slice(from, to))) {
    const span: Span = [from + index, from + index + segment.length];
    const sentence = atomOf(source, span);
    if (sentence.tokens <= source.options.size) yield sentence;
    else yield* words(source, span);
  }
}

function* words(source: AtomSource, [from, to]: Span): Generator<Atom> {
  const { text } = source;
  const found = new RegExp(word);
  for (let start = from; start < to;) {
    found.lastIndex = start;
    const match = found.exec(text);
    const end = match === null ? to : Math.min(match.index + match[0].length, to);
    yield* fitting(source, [start, end]);
    start = end;
  }
}

/** A word of 200 emoji has more tokens than a small chunk: such a one is halved until it fits. */
function* fitting(source: AtomSource, [start, end]: Span): Generator<Atom> {
  const atom = atomOf(source, [start, end]);
  if (atom.tokens <= source.options.size || end - start < 2) return yield atom;
  const middle = wholeCharacter(source.text, start + Math.floor((end - start) / 2));
  if (middle >= end) return yield atom;
  yield* fitting(source, [start, middle]);
  yield* fitting(source, [middle, end]);
}

function atomOf({ text, count }: AtomSource, [start, end]: Span): Atom {
  return { start, end, tokens: count(text.slice(start, end)), boundary: false };
}

/** The offset, or the next one where it lies between the halves of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset;
}
