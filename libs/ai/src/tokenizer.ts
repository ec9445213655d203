/** Counts tokens as OpenAI's `cl100k_base` does. */
export interface Tokenizer {
  /**
   * Never less than the true figure by more than the seams of very long unbroken runs; linear in the text's length.
   */
  count(text: string): number;
}

/**
 * Byte-pair merging is quadratic in the length of a run without white space, and the library overflows the stack on
 * long ones: such runs are cut into pieces of this many characters first.
 */
const longestRun = 200;
const run = new RegExp(`\\s{1,${longestRun}}|\\S{1,${longestRun}}`, 'gu');

let loaded: Promise<Tokenizer> | undefined;

/** The vocabulary takes about 45 MB, so it is loaded at its first use. */
export function loadTokenizer(): Promise<Tokenizer> {
  loaded ??= import('gpt-tokenizer/encoding/cl100k_base').then(({ countTokens }) => {
    /** Text that looks like a special token is text. */
    const options = { disallowedSpecial: new Set<string>() };
    return {
      count: (text) => {
        if (text.length <= longestRun) return countTokens(text, options);
        let pending = '';
        let total = 0;
        const flush = (): void => {
          if (pending !== '') total += countTokens(pending, options);
          pending = '';
        };
        for (const [piece] of text.matchAll(run)) {
          pending += piece;
          // Not between a space and its word: they are one token.
          if (piece.length >= longestRun || (pending.length >= 2_000 && piece.trim() !== '')) flush();
        }
        flush();
        return total;
      },
    };
  });
  return loaded;
}
