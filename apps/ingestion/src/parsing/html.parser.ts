import { compile } from 'html-to-text';
import { DocumentProblem } from './document-problem.ts';
import { parsingLimits, type ParsedContent } from './parsed-document.ts';

/** Put where the library leaves something out: a character that no text has, so that a bomb is not cut short in silence. */
const omission = '\uFFFE';

const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: parsingLimits.characters, maxDepth: parsingLimits.depth, ellipsis: omission },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['script', 'style', 'noscript', 'template', 'svg', 'head'].map((selector) => ({ selector, format: 'skip' })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, maxColumnWidth: 120 } },
  ],
});

/** What a reader sees: no scripts, no styles, no link targets. Throws for what is too large or too deep. */
export function parseHtml(html: string): ParsedContent {
  if (html.length > parsingLimits.characters)
    throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the page has more than ${parsingLimits.characters} characters`);
  const text = convert(html);
  if (text.includes(omission))
    throw new DocumentProblem('DOCUMENT_TOO_COMPLEX', `the page is nested deeper than ${parsingLimits.depth} levels`);
  return { title: titleOf(html), pages: [text] };
}

function titleOf(html: string): string | null {
  const title = /<title\b[^>]{0,200}>([^<]{0,1000})<\/title>/i.exec(html.slice(0, 100_000))?.[1];
  const text = title === undefined ? '' : convert(title).replace(/\s+/g, ' ').trim();
  return text === '' ? null : text;
}
