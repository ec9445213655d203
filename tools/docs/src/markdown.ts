/** A fenced block; `line` is where its content begins, from 1. */
export interface FencedBlock {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

const fence = /^```(\S*)[^\n]*\n([\s\S]*?)^```\s*$/gm;

export function fencedBlocks(page: string): FencedBlock[] {
  return [...page.matchAll(fence)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: page.slice(0, match.index).split('\n').length + 1,
  }));
}

/** The page with the content of its fenced blocks taken out: what is prose. */
export function prose(page: string): string {
  return page.replace(fence, '');
}

/** Targets of all links, as they are written. */
export function linkTargets(page: string): string[] {
  const inProse = prose(page).replace(/`[^`]*`/g, '');
  return [...inProse.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1]!);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** Rows of all tables, as cells; the lines under the headings are left out. */
export function tableRows(page: string): string[][] {
  const lines = prose(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line));
  return lines.map((line) =>
    line
      .replace(/^\||\|\s*$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** Pieces of text in backticks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

/** The part of a page under one heading, up to the next heading of the same level or above. Throws when there is no such heading. */
export function section(page: string, heading: string): string {
  const start = page.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`there is no heading ${heading}`);
  const level = /^#+/.exec(heading)![0].length;
  const rest = page.slice(start + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}
