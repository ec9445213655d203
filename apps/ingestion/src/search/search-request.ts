import { z } from 'zod';

export const searchRequestSchema = z.object({
  query: z.string().trim().min(1).max(4_000),
  /** By meaning (vectors), by words (full text), or both, their scores fused. */
  mode: z.enum(['vector', 'text', 'hybrid']).default('hybrid'),
  limit: z.number().int().min(1).max(100).default(10),
  /** From 0 to 1; what scores lower is left out. Scores of different modes do not compare. */
  scoreThreshold: z.number().min(0).max(1).optional(),
  /** Chunks before and after each hit to give along. */
  neighbours: z.number().int().min(0).max(10).default(0),
  /** Only these documents, by id. */
  documents: z.array(z.uuid()).max(1_000).optional(),
});
export type SearchRequest = z.infer<typeof searchRequestSchema>;

export const searchHitSchema = z.object({
  chunkId: z.string(),
  document: z.object({ id: z.string(), name: z.string(), uri: z.string(), mediaType: z.string().nullable() }),
  title: z.string().nullable(),
  /** The page on which it begins; 1 where the format has no pages. */
  page: z.number().int(),
  lastPage: z.number().int(),
  position: z.number().int(),
  /** Offsets into the document's text. */
  start: z.number().int(),
  end: z.number().int(),
  score: z.number(),
  /** Cosine, where the mode looks at vectors and this chunk was among the nearest. */
  vectorScore: z.number().optional(),
  textScore: z.number().optional(),
  text: z.string(),
  neighbours: z.array(z.object({ position: z.number().int(), text: z.string() })).optional(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResultSchema = z.object({ hits: z.array(searchHitSchema) });
