import { strFromU8, zipSync } from 'fflate';
import mammoth from 'mammoth';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import { parsingLimits, type ParsedContent } from './parsed-document.ts';
import { readArchive } from './read-archive.ts';

/**
 * The text of the body in reading order. The archive is unpacked here, within bounds, and handed on stored: the
 * library's own unpacking has none.
 */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedContent> {
  const entries = readArchive(bytes, (name) => /\.(?:xml|rels)$/i.test(name));
  const stored = zipSync(Object.fromEntries(entries), { level: 0 });
  let text: string;
  try {
    const result = await mammoth.extractRawText({ buffer: Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength) });
    text = result.value;
  } catch (error) {
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `the Word document is damaged: ${reasonOf(error)}`, { cause: error });
  }
  if (text.length > parsingLimits.characters)
    throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the document has more than ${parsingLimits.characters} characters`);
  const core = entries.get('docProps/core.xml');
  const property = (name: string) => coreProperty(core ? strFromU8(core) : '', name);
  const author = property('creator');
  return { title: property('title') ?? null, pages: [text], metadata: author ? { author } : {} };
}

function coreProperty(xml: string, name: string): string | undefined {
  const value = new RegExp(`<dc:${name}\\b[^>]{0,200}>([^<]{0,2000})</dc:${name}>`).exec(xml)?.[1]?.trim();
  const text = value?.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => entities[entity] ?? '');
  return text || undefined;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
