import type { ParsedContent } from './parsed-document.ts';

/** The title is the first line, where it is short enough to be one. */
export function parsePlainText(text: string): ParsedContent {
  const first = /^\s*([^\n]{1,120})(?:\n|$)/.exec(text.slice(0, 4_096))?.[1]?.trim();
  const title = first && !/[.,;:]$/.test(first) ? first : null;
  return { title, pages: [text] };
}
