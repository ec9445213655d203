import type { ModelUsage } from '@jetsaga/ai';
import { defineHandler, type HandlerContext } from '@jetsaga/worker';
import { z } from 'zod';
import { chunkRangeSchema, type ChunkRange } from '../chunks/chunk-range.ts';
import type { IngestionDependencies } from '../ingestion-dependencies.ts';

/** What is kept in memory, and stored at a time, so that a failed attempt loses little. */
const chunksPerRequest = 256;
const lastPosition = 2 ** 31 - 1;

const config = z
  .object({
    /** Batches that chunk_text made: one of them, or several. */
    chunks: z.union([chunkRangeSchema, z.array(chunkRangeSchema).min(1).max(10_000)]).optional(),
    /** Instead of `chunks`: all chunks of this document. */
    document: z.uuid().optional(),
    /** `offline`, or a model of the configured endpoint; the service's default when absent. */
    model: z.string().min(1).max(200).optional(),
    dimensions: z.number().int().min(8).max(4_096).optional(),
  })
  .refine(({ chunks, document }) => (chunks === undefined) !== (document === undefined), {
    message: 'give either chunks or document',
  });

const output = z.object({
  embedded: z.number().int(),
  /** Had a vector of this model already, or took over that of an equal chunk. */
  skipped: z.number().int(),
  model: z.string(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
});

export function embedChunksHandler(dependencies: IngestionDependencies) {
  const { chunks, documents, models } = dependencies;
  return defineHandler({
    name: 'embed_chunks',
    queue: 'ingestion',
    description:
      'Gives chunks their vectors, in requests within the limits of the model. Unchanged chunks are not embedded again.',
    config,
    output,
    timeoutMs: 15 * 60_000,
    retry: { retries: 5 },
    example: { document: '0190a5c0-0000-7000-8000-000000000001' },
    run: async ({ chunks: given, document, dimensions, ...rest }, context) => {
      const model = rest.model ?? models.embeddingModel;
      const ranges = document !== undefined ? [{ document, from: 0, to: lastPosition }] : Array.isArray(given) ? given : [given!];
      const totals = { embedded: 0, skipped: 0, usage: { inputTokens: 0, outputTokens: 0 } };
      for (const [index, range] of ranges.entries()) {
        await documents.get(range.document);
        const done = await embedRange(dependencies, range, { model, dimensions }, context);
        totals.embedded += done.embedded;
        totals.skipped += done.skipped;
        totals.usage.inputTokens += done.usage.inputTokens;
        context.progress((index + 1) / ranges.length);
      }
      for (const id of new Set(ranges.map((range) => range.document)))
        if (await chunks.allEmbedded(id, model, dimensions)) await documents.setStatus(id, 'embedded', context.executionId);
      return { ...totals, model };
    },
  });
}

async function embedRange(
  { chunks, models }: IngestionDependencies,
  range: ChunkRange,
  { model, dimensions }: { readonly model: string; readonly dimensions: number | undefined },
  context: HandlerContext,
): Promise<{ embedded: number; skipped: number; usage: ModelUsage }> {
  const total = await chunks.count(range);
  await chunks.copyEmbeddings(range, model, dimensions);
  let embedded = 0;
  let inputTokens = 0;
  for (;;) {
    context.signal.throwIfAborted();
    const batch = await chunks.toEmbed(range, model, dimensions, chunksPerRequest);
    const first = batch[0];
    if (first === undefined) break;
    const { vectors, usage } = await models.embed({
      texts: batch.map(({ text }) => text),
      model,
      dimensions,
      signal: context.signal,
      // Another attempt begins with the first chunk that is still open: the key says which.
      idempotencyKey: `${context.idempotencyKey}:${first.id}`,
    });
    await chunks.storeEmbeddings(
      batch.map(({ id }) => id),
      vectors,
      model,
    );
    embedded += batch.length;
    inputTokens += usage.inputTokens;
    context.progress(Math.min(embedded / Math.max(total, 1), 1));
  }
  return { embedded, skipped: total - embedded, usage: { inputTokens, outputTokens: 0 } };
}
