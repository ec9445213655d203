import { createHash } from 'node:crypto';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];
export type Shares = Readonly<Record<SplitName, number>>;

/**
 * Shuffles and splits. Both follow from the seed and the examples themselves: the same examples in another order give the
 * same files. Every split with a share gets its whole number of examples; what rounding leaves goes to `train`.
 */
export function splitExamples(examples: readonly string[], shares: Shares, seed: number): Record<SplitName, string[]> {
  const shuffled = examples
    .map((example) => ({ example, place: createHash('sha256').update(`${seed}\n${example}`).digest('hex') }))
    .sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0))
    .map(({ example }) => example);
  const validation = Math.floor(shuffled.length * shares.validation + rounding);
  const test = Math.floor(shuffled.length * shares.test + rounding);
  return {
    validation: shuffled.slice(0, validation),
    test: shuffled.slice(validation, validation + test),
    train: shuffled.slice(validation + test),
  };
}

/** 0.1 of 30 is 3, whatever binary fractions make of it. */
const rounding = 1e-9;
