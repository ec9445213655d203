import { expect, it } from '@jest/globals';
import { splitExamples } from './split-examples.ts';

const examples = Array.from({ length: 30 }, (_, n) => `{"n":${n}}`);
const shares = { train: 0.8, validation: 0.1, test: 0.1 };

it('gives each split its share, and loses nothing', () => {
  const { train, validation, test } = splitExamples(examples, shares, 1);
  expect([train.length, validation.length, test.length]).toEqual([24, 3, 3]);
  expect([...train, ...validation, ...test].sort()).toEqual([...examples].sort());
});

it('depends on the seed, not on the order', () => {
  const one = splitExamples(examples, shares, 1);
  expect(splitExamples([...examples].reverse(), shares, 1)).toEqual(one);
  expect(splitExamples(examples, shares, 2)).not.toEqual(one);
  expect(one.train).not.toEqual([...one.train].sort());
});

it('gives what rounding leaves to train', () => {
  const { train, validation } = splitExamples(examples.slice(0, 3), { train: 0.5, validation: 0.5, test: 0 }, 1);
  expect([train.length, validation.length]).toEqual([2, 1]);
});
