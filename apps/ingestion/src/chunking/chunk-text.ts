import { createHash } from 'node:crypto';
import type { PageSpan } from '../parsing/parsed-document.ts';
import { atoms, type Atom, type AtomSource } from './atoms.ts';
import type { ChunkOptions } from './chunk-options.ts';

export interface Chunk {
  /** The same for the same document, options and text. */
  readonly id: string;
  /** Counts from 0. */
  readonly position: number;
  readonly text: string;
  /** Of the text alone: equal chunks of different documents share it. */
  readonly contentHash: string;
  readonly start: number;
  readonly end: number;
  readonly firstPage: number;
  readonly lastPage: number;
  readonly tokens: number;
}

export interface TextToChunk {
  readonly documentId: string;
  readonly text: string;
  readonly pages: readonly PageSpan[];
}

/**
 * Packs atoms into chunks of at most `size` tokens, each repeating at most `overlap` tokens of its predecessor. Offsets
 * are into the document's text: `text.slice(start, end)` is the chunk.
 */
export function* chunkText(document: TextToChunk, options: ChunkOptions, count: (text: string) => number): Generator<Chunk> {
  const source: AtomSource = { text: document.text, pages: document.pages, count, options };
  const pageOf = pageFinder(document.pages);
  let position = 0;
  let covered = 0;
  for (const window of windows(source, options)) {
    const span = trimmed(document.text, window.start, window.end);
    // White space only, or nothing besides what the chunk before has.
    if (span === undefined || span.end <= covered) continue;
    covered = span.end;
    const text = document.text.slice(span.start, span.end);
    const contentHash = sha256(text);
    const { strategy, size, overlap, tokenizer } = options;
    yield {
      id: uuidOf(sha256(JSON.stringify([document.documentId, strategy, size, overlap, tokenizer, span.start, contentHash]))),
      position,
      text,
      contentHash,
      ...span,
      firstPage: pageOf(span.start),
      lastPage: pageOf(span.end - 1),
      tokens: window.tokens,
    };
    position += 1;
  }
}

interface Window {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

function* windows(source: AtomSource, { size, overlap }: ChunkOptions): Generator<Window> {
  let held: Atom[] = [];
  let tokens = 0;
  /** False while everything held was in the window before already. */
  let fresh = false;
  const window = (): Window => ({ start: held[0]!.start, end: held.at(-1)!.end, tokens });

  for (const atom of atoms(source)) {
    if (fresh && (atom.boundary || tokens + atom.tokens > size)) {
      yield window();
      fresh = false;
    }
    if (!fresh) {
      const room = atom.boundary ? 0 : Math.min(overlap, Math.floor(size / 2), size - atom.tokens);
      ({ held, tokens } = tail(held, room));
    }
    held.push(atom);
    tokens += atom.tokens;
    fresh = true;
  }
  if (fresh) yield window();
}

/** The last atoms that fit into `room` tokens together. */
function tail(held: readonly Atom[], room: number): { held: Atom[]; tokens: number } {
  let tokens = 0;
  let from = held.length;
  while (from > 0 && tokens + held[from - 1]!.tokens <= room) {
    from -= 1;
    tokens += held[from]!.tokens;
  }
  return { held: held.slice(from), tokens };
}

function trimmed(text: string, from: number, to: number): { start: number; end: number } | undefined {
  const slice = text.slice(from, to);
  const start = from + (slice.length - slice.trimStart().length);
  const end = to - (slice.length - slice.trimEnd().length);
  return start < end ? { start, end } : undefined;
}

/** Offsets are asked for in about rising order, so the search goes on from the page of the last answer. */
function pageFinder(pages: readonly PageSpan[]): (offset: number) => number {
  let at = 0;
  return (offset) => {
    while (at > 0 && offset < pages[at]!.start) at -= 1;
    while (at < pages.length - 1 && offset >= pages[at + 1]!.start) at += 1;
    return pages[at]?.number ?? 1;
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The first 128 bits, in the form of a UUID of version 8 (RFC 9562: the content is the maker's business). */
function uuidOf(hash: string): string {
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
