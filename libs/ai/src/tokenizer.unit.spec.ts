import { describe, expect, it } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { loadTokenizer } from './tokenizer.ts';

describe('the tokenizer', () => {
  it('counts ordinary prose exactly, short and long', async () => {
    const { count } = await loadTokenizer();
    const sentence = 'The storehouse keeps 1,024 crates; café prices rose by 3.5% (see §4).\n\n';
    expect(count(sentence)).toBe(countTokens(sentence));
    expect(count(sentence.repeat(100))).toBe(countTokens(sentence.repeat(100)));
  });

  it('takes text that looks like a special token as text', async () => {
    const { count } = await loadTokenizer();
    expect(count('<|endoftext|>')).toBeGreaterThan(1);
  });

  it.each([
    ['letters', 'a'],
    ['ideographs', '漢'],
    ['spaces', ' '],
    ['emoji', '🦊'],
  ])('is linear in an unbroken run of %s', async (_name, unit) => {
    const { count } = await loadTokenizer();
    const tokens = count(unit.repeat(200_000));
    expect(tokens).toBeGreaterThan(500);
    expect(tokens).toBeLessThanOrEqual(200_000 * 4);
  });
});
