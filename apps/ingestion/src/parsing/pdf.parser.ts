import { getDocumentProxy } from 'unpdf';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import { parsingLimits, type ParsedContent } from './parsed-document.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Page by page. Encrypted, damaged and pictures-only files are problems with their own codes. */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedContent> {
  const pdf = await open(bytes);
  try {
    if (pdf.numPages > parsingLimits.pages)
      throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the PDF has ${pdf.numPages} pages; ${parsingLimits.pages} are allowed`);
    const pages: string[] = [];
    let characters = 0;
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const text = await pageText(pdf, number);
      characters += text.length;
      if (characters > parsingLimits.characters)
        throw new DocumentProblem('DOCUMENT_TOO_LARGE', `the PDF has more than ${parsingLimits.characters} characters`);
      pages.push(text);
    }
    if (characters === 0)
      throw new DocumentProblem(
        'NO_TEXT',
        `none of the PDF's ${pdf.numPages} pages has text; it is probably scanned and needs text recognition first`,
      );
    return { ...(await properties(pdf)), pages };
  } catch (error) {
    if (error instanceof DocumentProblem) throw error;
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `the PDF is damaged: ${reasonOf(error)}`, { cause: error });
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function open(bytes: Uint8Array): Promise<Pdf> {
  try {
    // It takes the buffer over, so it gets its own. Verbosity 0: it writes to the console otherwise.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, useSystemFonts: false });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException')
      throw new DocumentProblem('ENCRYPTED_DOCUMENT', 'the PDF is protected by a password; remove it and upload again', {
        cause: error,
      });
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `the PDF is damaged: ${reasonOf(error)}`, { cause: error });
  }
}

async function pageText(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
  page.cleanup();
  return text.trim();
}

/** A PDF's own title is often the name of a template; what there is is told. */
async function properties(pdf: Pdf): Promise<Pick<ParsedContent, 'title' | 'metadata'>> {
  const { info } = await pdf.getMetadata();
  const values = info as { Title?: unknown; Author?: unknown };
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : undefined);
  const author = text(values.Author);
  return { title: text(values.Title) ?? null, metadata: author ? { author } : {} };
}
