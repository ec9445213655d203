import { findDelimiter } from './csv-dialect.ts';
import { DocumentProblem, reasonOf, unsupported } from './document-problem.ts';
import { extensionOf, knownMediaType, mediaTypeOfExtension, type docx, type MediaType } from './media-types.ts';

export interface DetectionHints {
  readonly name?: string;
  /** As the sender declared it; not trusted. */
  readonly mediaType?: string;
}

export type TextMediaType = Exclude<MediaType, 'application/pdf' | typeof docx>;

/** Which text format a text is in. */
export function detectTextType(text: string, hints: DetectionHints): TextMediaType {
  const start = text
    .slice(0, 4_096)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const extension = extensionOf(hints.name);
  const promised = mediaTypeOfExtension(extension) ?? knownMediaType(hints.mediaType);
  if (start === '') {
    if (text.trim() === '') throw new DocumentProblem('EMPTY_DOCUMENT', 'there is nothing but white space in the file');
    return 'text/plain';
  }
  if (start.startsWith('{\\rtf')) throw unsupported('application/rtf', 'rich text');
  if (/^%!PS/.test(start)) throw unsupported('application/postscript', 'PostScript');
  if (extension === 'eml' || hints.mediaType === 'message/rfc822') throw unsupported('message/rfc822', 'an e-mail');
  if (isHtml(start)) return 'text/html';
  if (/^<\?xml\b/i.test(start) || /^<svg\b/i.test(start)) throw unsupported('application/xml', 'XML');
  if (start.startsWith('{') || start.startsWith('[')) {
    const json = detectJson(text, promised);
    if (json) return json;
  }
  if (promised === 'text/markdown') return 'text/markdown';
  if (promised === 'text/html' && /<[a-z][a-z0-9]*[\s>/]/i.test(start)) return 'text/html';
  if (looksLikeTable(text, promised === 'text/csv' ? 2 : 3)) return 'text/csv';
  return looksLikeMarkdown(start) ? 'text/markdown' : 'text/plain';
}

function isHtml(start: string): boolean {
  const visible = start.replace(/^(?:<\?xml[^>]{0,200}\?>|<!--[\s\S]{0,2000}?-->|\s)+/, '');
  return /^<(?:!doctype\s+html|html|head|body|title|meta|div|article|section|p|h[1-6]|table|ul|ol)\b/i.test(visible);
}

/** A text that only begins like JSON is no JSON, unless it was promised: then it is broken. */
function detectJson(text: string, promised: MediaType | undefined): 'application/json' | 'application/x-ndjson' | undefined {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return 'application/json';
  } catch (error) {
    if (everyLineIsJson(text)) return 'application/x-ndjson';
    if (promised === 'application/json' || promised === 'application/x-ndjson')
      throw new DocumentProblem('UNREADABLE_DOCUMENT', `the JSON is broken: ${reasonOf(error)}`, { cause: error });
    return undefined;
  }
}

function everyLineIsJson(text: string): boolean {
  const lines = text.slice(0, 200_000).split('\n').slice(0, 20);
  // The last one may be cut off by the sample.
  const whole = (lines.length > 1 ? lines.slice(0, text.length > 200_000 ? -1 : undefined) : []).filter(
    (line) => line.trim() !== '',
  );
  return (
    whole.length > 1 &&
    whole.every((line) => {
      try {
        return typeof JSON.parse(line) === 'object';
      } catch {
        return false;
      }
    })
  );
}

/** At least three lines, all with the same number of cells. */
function looksLikeTable(text: string, leastColumns: number): boolean {
  const dialect = findDelimiter(text);
  return dialect !== undefined && dialect.columns >= leastColumns;
}

function looksLikeMarkdown(start: string): boolean {
  const signs = [
    /^#{1,6} \S/m,
    /^\s*[-*+] \S/m,
    /^```/m,
    /\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)/,
    /^> \S/m,
    /\*\*[^*\n]{1,200}\*\*/,
  ];
  return signs.filter((sign) => sign.test(start)).length >= 2;
}
