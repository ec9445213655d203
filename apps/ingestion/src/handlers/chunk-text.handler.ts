import { loadTokenizer } from '@jetsaga/ai';
import { limits } from '@jetsaga/contracts';
import { defineHandler, TerminalError } from '@jetsaga/worker';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { chunkOptionsSchema } from '../chunking/chunk-options.ts';
import { chunkText, type Chunk } from '../chunking/chunk-text.ts';
import { chunkRangeSchema } from '../chunks/chunk-range.ts';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';
import { blobFailure } from '../sources/blob-source.ts';

const chunksPerInsert = 200;
const chunksPerBatch = 64;
/** How long the process may be busy before others get their turn. */
const turnMs = 25;

const config = chunkOptionsSchema.extend({ document: z.uuid() });
const output = z.object({
  document: z.string(),
  chunks: z.number().int(),
  /** Stretches of the chunks, for embedding them in parallel. */
  batches: z.array(chunkRangeSchema),
});

export function chunkTextHandler({ documents, chunks, blobs }: IngestionDependencies) {
  return defineHandler({
    name: 'chunk_text',
    queue: 'ingestion',
    description:
      'Cuts the text of a parsed document into chunks of at most so many tokens, which overlap. The same input gives the same chunks with the same ids.',
    config,
    output,
    example: { document: '0190a5c0-0000-7000-8000-000000000001', strategy: 'sentences' },
    run: async ({ document: id, ...options }, context) => {
      const document = await documents.get(id);
      if (document.textRef === null)
        throw new TerminalError('DOCUMENT_NOT_PARSED', `document ${id} has no text yet; run parse_document first`, {
          details: { document: id },
        });
      const text = await textOf(blobs, document.textRef);
      const { count } = await loadTokenizer();
      const made = chunkText({ documentId: id, text, pages: document.pages ?? [] }, options, count);
      const total = await chunks.replace(id, document.title, async (add) => {
        let turn = performance.now();
        let batch: Chunk[] = [];
        for (const chunk of made) {
          batch.push(chunk);
          if (batch.length === chunksPerInsert) {
            await add(batch);
            batch = [];
            context.progress(Math.min(chunk.end / text.length, 1));
          }
          if (performance.now() - turn < turnMs) continue;
          await nextTurn();
          context.signal.throwIfAborted();
          turn = performance.now();
        }
        if (batch.length > 0) await add(batch);
      });
      await documents.setStatus(id, 'chunked', context.executionId);
      return { document: id, chunks: total, batches: batchesOf(id, total) };
    },
  });
}

async function textOf(blobs: IngestionDependencies['blobs'], reference: { $ref: string; size: number; mediaType: string }) {
  try {
    return (await blobs.openBytes(reference, limits.claimCheckBytes)).toString('utf8');
  } catch (error) {
    throw blobFailure(error, reference.$ref, limits.claimCheckBytes);
  }
}

function batchesOf(document: string, total: number) {
  return Array.from({ length: Math.ceil(total / chunksPerBatch) }, (_, index) => ({
    document,
    from: index * chunksPerBatch,
    to: Math.min((index + 1) * chunksPerBatch, total) - 1,
  }));
}
