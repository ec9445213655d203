import { markdownHeadings } from './markdown-lines.ts';
import type { ParsedContent } from './parsed-document.ts';

const frontMatter = /^---\r?\n([\s\S]{0,20000}?)\r?\n---(?:\r?\n|$)/;

/** Markdown is read as it stands, so that its structure is there for chunking; only the front matter is left out. */
export function parseMarkdown(source: string): ParsedContent {
  const front = frontMatter.exec(source);
  const text = front ? source.slice(front[0].length) : source;
  const named = /^title:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\n]+))$/m.exec(front?.[1] ?? '');
  const title = named?.[1] ?? named?.[2] ?? named?.[3]?.trim() ?? markdownHeadings(text).next().value?.text ?? null;
  return { title, pages: [text] };
}
