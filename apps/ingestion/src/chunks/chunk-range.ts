import { z } from 'zod';

/** A stretch of a document's chunks, by position, both ends included. */
export const chunkRangeSchema = z.object({
  document: z.uuid(),
  from: z.number().int().min(0),
  to: z.number().int().min(0),
});
export type ChunkRange = z.infer<typeof chunkRangeSchema>;
