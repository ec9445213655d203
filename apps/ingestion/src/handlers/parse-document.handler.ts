import { claimCheckSchema, limits, type ClaimCheck } from '@jetsaga/contracts';
import { defineHandler, TerminalError, type HandlerContext } from '@jetsaga/worker';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { DocumentProblem } from '../parsing/document-problem.ts';
import type { ParsedDocument } from '../parsing/parsed-document.ts';
import { blobFailure } from '../sources/blob-source.ts';
import { readSource } from '../sources/read-source.ts';

const config = z
  .object({
    /** `blob:`, `file:` below INGESTION_FILE_ROOT, `https:` of a host that EGRESS_ALLOW names, or a claim check. */
    uri: z.union([z.string().min(1).max(4_000), claimCheckSchema]).optional(),
    /** The document itself, as text or a claim check of it. */
    content: z.union([z.string(), claimCheckSchema]).optional(),
    /** A registered document that the file belongs to; without it, there is one document for each address and content. */
    document: z.uuid().nullish(),
    /** The file's name, where the address does not tell. */
    name: z.string().min(1).max(1_000).nullish(),
    /** As declared; what the content is decides. */
    mediaType: z.string().max(200).nullish(),
    maxBytes: z.number().int().min(1).max(limits.claimCheckBytes).default(limits.claimCheckBytes),
  })
  .refine(({ uri, content }) => (uri === undefined) !== (content === undefined), { message: 'give either uri or content' });
type Config = z.output<typeof config>;

const output = z.object({
  documentId: z.string(),
  mediaType: z.string(),
  /** 1 where the format has no pages. */
  pages: z.number().int(),
  characters: z.number().int(),
  title: z.string().nullable(),
  text: claimCheckSchema,
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The oldest document with the same content. */
  duplicateOf: z.string().nullable(),
});

export function parseDocumentHandler(dependencies: IngestionDependencies) {
  const { documents, blobs, parser } = dependencies;
  return defineHandler({
    name: 'parse_document',
    queue: 'ingestion',
    description:
      'Reads a file (txt, md, html, csv, json, pdf, docx; by content, not by name) and stores its text. A file that is empty, damaged, encrypted, too large or of another kind is an error with its reason.',
    config,
    output,
    claimChecks: 'pass',
    timeoutMs: 5 * 60_000,
    example: { uri: 'blob:0123456789abcdef0123456789abcdef', name: 'report.pdf' },
    run: async (given, context) => {
      const source = await resolveSource(dependencies, given);
      const documentId = given.document ?? (await documents.register(source)).documentId;
      const before = await documents.get(documentId);
      await documents.begin(documentId, context.executionId);
      const hints = { name: given.name ?? before.name, mediaType: given.mediaType ?? before.mediaType ?? undefined };
      const { parsed, size, sha256 } = await orRecordFailure(dependencies, documentId, context, async () => {
        const bytes =
          source.bytes ?? (await readSource(dependencies, source.uri, { maxBytes: given.maxBytes, signal: context.signal }));
        const file = { size: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
        context.progress(0.3);
        return { ...file, parsed: await parser.parse(bytes, hints, context.signal) };
      });
      const text = await blobs.storeContent(parsed.text, 'text/plain; charset=utf-8');
      const facts = { ...factsOf(parsed), size, sha256, textRef: text };
      const { duplicateOf } = await documents.recordParsed(documentId, facts);
      if (before.textRef) await blobs.delete(before.textRef);
      await documents.setStatus(documentId, 'parsed', context.executionId);
      const { mediaType, title, metadata } = parsed;
      return {
        documentId,
        mediaType,
        pages: parsed.pages.length,
        characters: parsed.text.length,
        title,
        text,
        metadata,
        duplicateOf,
      };
    },
  });
}

interface Source {
  readonly uri: string;
  readonly name: string;
  readonly bytes?: Uint8Array;
}

async function resolveSource({ blobs }: IngestionDependencies, { uri, content, name, maxBytes }: Config): Promise<Source> {
  if (uri !== undefined) {
    const address = typeof uri === 'string' ? uri : uri.$ref;
    return { uri: address, name: name ?? nameOf(address) };
  }
  const text = typeof content === 'string' ? content : await openText(blobs, content as ClaimCheck, maxBytes);
  const bytes = Buffer.from(text);
  if (bytes.byteLength > maxBytes) throw new TerminalError('DOCUMENT_TOO_LARGE', `the content is larger than ${maxBytes} bytes`);
  return { uri: `content:${createHash('sha256').update(bytes).digest('hex')}`, name: name ?? 'content', bytes };
}

async function openText(blobs: IngestionDependencies['blobs'], reference: ClaimCheck, maxBytes: number): Promise<string> {
  try {
    const value = await blobs.open(reference, maxBytes);
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    throw blobFailure(error, reference.$ref, maxBytes);
  }
}

/** The last part of the address's path. */
function nameOf(uri: string): string {
  const path = uri.replace(/^[a-z][a-z0-9+.-]*:/i, '').replace(/[?#].*$/, '');
  const last = path.split('/').findLast((part) => part !== '') ?? uri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** What no other attempt can mend is on record with the document before the step fails, whatever the workflow then does. */
async function orRecordFailure<T>(
  { documents }: IngestionDependencies,
  documentId: string,
  context: HandlerContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DocumentProblem || error instanceof TerminalError)) throw error;
    const { code, message } = error;
    await documents.setStatus(documentId, 'failed', context.executionId, { code, message, path: context.path });
    throw new TerminalError(code, message, { cause: error, details: { document: documentId } });
  }
}

function factsOf({ mediaType, title, text, pages, metadata }: ParsedDocument) {
  return { mediaType, title, characters: text.length, pages: [...pages], metadata };
}
