import { z } from 'zod';

export const chunkOptionsSchema = z.object({
  /**
   * What a chunk is made of, as far as the size allows: words, sentences, Markdown sections and paragraphs, or the
   * sentences of one page.
   */
  strategy: z.enum(['tokens', 'sentences', 'markdown', 'pages']).default('sentences'),
  /** Tokens of a chunk at most. */
  size: z.number().int().min(16).max(8_000).default(400),
  /** Tokens of the end of a chunk that the next one repeats, at most. Not more than half of `size` is taken. */
  overlap: z.number().int().min(0).max(4_000).default(50),
  tokenizer: z.enum(['cl100k']).default('cl100k'),
});
export type ChunkOptions = z.infer<typeof chunkOptionsSchema>;
