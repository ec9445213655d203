import { describe, expect, it } from '@jest/globals';
import { embeddingBatches } from './embedding-batches.ts';

const perCharacter = { count: (text: string) => text.length };
const limits = { textsPerRequest: 3, tokensPerRequest: 10, tokensPerText: 8 };

describe('embeddingBatches', () => {
  it('keeps the order and both limits of a request', () => {
    expect(embeddingBatches(['aaaa', 'bbbb', 'cccc', 'd', 'e', 'f', 'g'], perCharacter, limits)).toEqual([
      ['aaaa', 'bbbb'],
      ['cccc', 'd', 'e'],
      ['f', 'g'],
    ]);
  });

  it('makes no request of no texts', () => {
    expect(embeddingBatches([], perCharacter, limits)).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(9)],
  ])('refuses a text that is %s', (_name, text) => {
    expect(() => embeddingBatches(['ok', text], perCharacter, limits)).toThrow(
      expect.objectContaining({ code: 'EMBEDDING_INPUT_INVALID', details: expect.objectContaining({ index: 1 }) }),
    );
  });
});
