import { describe, expect, it } from '@jest/globals';
import { offlineDimensions, offlineEmbedding } from './offline-embedding.ts';

const similarity = (a: string, b: string): number => {
  const [left, right] = [offlineEmbedding(a), offlineEmbedding(b)];
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
};

describe('offlineEmbedding', () => {
  it('gives the same vector of length one for the same text', () => {
    const vector = offlineEmbedding('Invoices are paid within 30 days.');
    expect(vector).toHaveLength(offlineDimensions);
    expect(vector).toEqual(offlineEmbedding('Invoices are paid within 30 days.'));
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('is the same on every machine', () => {
    const vector = offlineEmbedding('red fox', 8);
    expect([...vector].map((value) => Number(value.toFixed(4)))).toMatchInlineSnapshot(`
     [
       -0.4139,
       0.0296,
       0.3844,
       -0.7983,
       -0.207,
       0,
       0,
       0,
     ]
    `);
  });

  it('is nearer to what shares words, or parts of words', () => {
    const query = 'How do I return a defective coffee machine?';
    const passage = 'Defective coffee machines may be returned within thirty days, with the receipt.';
    const other = 'The quarterly report covers revenue, churn and hiring in the Nordic region.';
    expect(similarity(query, passage)).toBeGreaterThan(similarity(query, other) + 0.2);
  });

  it('ignores case, punctuation and the form of Unicode', () => {
    expect(similarity('Café-Öffnungszeiten!', 'cafe\u0301 o\u0308ffnungszeiten')).toBeCloseTo(1, 5);
  });

  it('leaves a text without words without a direction', () => {
    expect(Math.hypot(...offlineEmbedding('… — !!'))).toBe(0);
  });

  it('stays bounded on a huge word', () => {
    expect(Math.hypot(...offlineEmbedding('x'.repeat(5_000_000)))).toBeCloseTo(1, 5);
  });
});
