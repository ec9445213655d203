import { z } from 'zod';

/** How models are reached, from the environment. Without a key and an address there is no provider but `offline`. */
export const modelConfigSchema = z.object({
  OPENAI_API_KEY: z.string().min(1).optional(),
  /** Any endpoint that speaks OpenAI's protocol; some of them need no key. */
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Used where no model is named. */
  OPENAI_MODEL: z.string().min(1).default('gpt-5-mini'),
  OPENAI_EMBEDDING_MODEL: z.string().min(1).default('text-embedding-3-small'),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;
