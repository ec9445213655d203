import { parseCsv } from './csv.parser.ts';
import { detectMediaType, type Detected } from './detect-media-type.ts';
import type { DetectionHints } from './detect-text-type.ts';
import { DocumentProblem } from './document-problem.ts';
import { parseDocx } from './docx.parser.ts';
import { parseHtml } from './html.parser.ts';
import { parseJson, parseJsonLines } from './json.parser.ts';
import { parseMarkdown } from './markdown.parser.ts';
import { docx, extensionOf, mediaTypeOfExtension, type MediaType } from './media-types.ts';
import { parsingLimits, type PageSpan, type ParsedContent, type ParsedDocument } from './parsed-document.ts';
import { parsePdf } from './pdf.parser.ts';
import { parsePlainText } from './plain-text.parser.ts';

/** Between pages: a passage that runs over the end of a page is cut there. */
const pageBreak = '\n\n';

/** A file's text, title and pages. Throws a DocumentProblem for whatever is wrong with the file; success has text. */
export async function parseDocument(bytes: Uint8Array, hints: DetectionHints): Promise<ParsedDocument> {
  const detected = await detectMediaType(bytes, hints);
  const content = await parseAs(detected, bytes);
  const { text, pages } = joinPages(content.pages.map(cleaned));
  if (text.trim() === '') throw new DocumentProblem('NO_TEXT', `there is no text in the ${detected.mediaType} file`);
  if (text.length > parsingLimits.characters)
    throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the document has more than ${parsingLimits.characters} characters`);
  const title = cleaned(content.title ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  return {
    mediaType: detected.mediaType,
    title: title === '' ? null : title,
    text,
    pages,
    metadata: { ...content.metadata, ...encodingOf(detected), ...wrongExtension(hints.name, detected.mediaType) },
  };
}

async function parseAs(detected: Detected, bytes: Uint8Array): Promise<ParsedContent> {
  switch (detected.mediaType) {
    case 'application/pdf':
      return parsePdf(bytes);
    case docx:
      return parseDocx(bytes);
    case 'text/plain':
      return parsePlainText(detected.decoded.text);
    case 'text/markdown':
      return parseMarkdown(detected.decoded.text);
    case 'text/html':
      return parseHtml(detected.decoded.text);
    case 'text/csv':
      return parseCsv(detected.decoded.text);
    case 'application/json':
      return parseJson(detected.decoded.text);
    case 'application/x-ndjson':
      return parseJsonLines(detected.decoded.text);
  }
}

/** Postgres stores neither nulls nor halves of surrogate pairs; line ends are one kind from here on. */
function cleaned(text: string): string {
  return text
    .replaceAll('\0', '')
    .toWellFormed()
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
}

function joinPages(texts: readonly string[]): { text: string; pages: PageSpan[] } {
  let end = 0;
  const pages = texts.map((text, index) => {
    const start = index === 0 ? 0 : end + pageBreak.length;
    end = start + text.length;
    return { number: index + 1, start, end };
  });
  return { text: texts.join(pageBreak), pages };
}

function encodingOf({ decoded }: Detected): { encoding?: string } {
  return decoded ? { encoding: decoded.encoding } : {};
}

function wrongExtension(name: string | undefined, found: MediaType): { extension?: string; wrongExtension?: true } {
  const extension = extensionOf(name);
  const promised = mediaTypeOfExtension(extension);
  if (extension === undefined || promised === undefined || keepsPromise(promised, found)) return {};
  return { extension, wrongExtension: true };
}

/** A table or Markdown in a `.txt` is no mistake; neither are the two kinds of JSON for each other. */
function keepsPromise(promised: MediaType, found: MediaType): boolean {
  if (promised === found) return true;
  if (promised === 'text/plain') return found === 'text/markdown' || found === 'text/csv';
  return promised.endsWith('json') && found.endsWith('json');
}
