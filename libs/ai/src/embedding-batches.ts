import { TerminalError } from '@jetsaga/worker';
import type { Tokenizer } from './tokenizer.ts';

/** OpenAI's limits for one embeddings request; compatible endpoints have the same or none. Tokens are cl100k's. */
export const embeddingLimits = { textsPerRequest: 2_048, tokensPerRequest: 300_000, tokensPerText: 8_192 } as const;

export interface EmbeddingLimits {
  readonly textsPerRequest: number;
  readonly tokensPerRequest: number;
  readonly tokensPerText: number;
}

/** Cuts the texts into requests, in order. Throws EMBEDDING_INPUT_INVALID for a text that fits into none. */
export function embeddingBatches(texts: readonly string[], tokenizer: Tokenizer, limits: EmbeddingLimits): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let tokens = 0;
  texts.forEach((text, index) => {
    const size = tokenizer.count(text);
    if (size === 0 || size > limits.tokensPerText) {
      throw new TerminalError(
        'EMBEDDING_INPUT_INVALID',
        size === 0
          ? `text ${index} is empty; leave it out`
          : `text ${index} has ${size} tokens, the model takes ${limits.tokensPerText}; make smaller chunks`,
        { details: { index, tokens: size } },
      );
    }
    if (batch.length >= limits.textsPerRequest || tokens + size > limits.tokensPerRequest) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(text);
    tokens += size;
  });
  if (batch.length > 0) batches.push(batch);
  return batches;
}
