import { describe, expect, it } from '@jest/globals';
import { didYouMean, nearest } from './suggestion.ts';

describe('what was probably meant', () => {
  it.each([
    ['fetc_data', ['parse', 'fetch_data'], 'fetch_data'],
    ['fecth', ['fetch', 'batch'], 'fetch'],
    ['Fetch', ['fetch'], 'fetch'],
    ['ab', ['ba', 'xyz'], 'ba'],
    ['frist', ['first', 'last'], 'first'],
    ['dependancies', ['dependencies'], 'dependencies'],
    ['step_12', ['step_1', 'step_2', 'step_112'], 'step_1'],
    ['completely', ['different'], undefined],
    ['same', ['same'], undefined],
    ['x', [], undefined],
  ])('%s among %j: %s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected));

  it('is said in words, or not at all', () => {
    expect(didYouMean('pasre', ['parse'])).toBe('did you mean `parse`?');
    expect(didYouMean('x'.repeat(201), ['x'.repeat(200)])).toBeUndefined();
  });
});
