import type { MediaType } from './media-types.ts';

/** Where a page's text is; offsets are UTF-16 code units into the document's text, `end` exclusive. */
export interface PageSpan {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export interface ParsedDocument {
  /** What the content is, whatever the file is called. */
  readonly mediaType: MediaType;
  readonly title: string | null;
  readonly text: string;
  /** Formats without pages have one that holds everything. */
  readonly pages: readonly PageSpan[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** What one parser makes of a file; the rest is the same for all of them. */
export interface ParsedContent {
  readonly title?: string | null;
  /** The pages' texts in order; a single one where the format has no pages. */
  readonly pages: readonly string[];
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** Bounds on what parsing one file may produce. */
export const parsingLimits = {
  /** Characters of text. */
  characters: 30_000_000,
  pages: 20_000,
  /** Bytes of everything in an archive (docx), unpacked. */
  unpackedBytes: 300 * 1024 * 1024,
  archiveEntries: 10_000,
  /** Levels of nesting in JSON and HTML. */
  depth: 256,
} as const;
