/**
 * Embeddings without a model: words, pairs of words and character n-grams are hashed into signed features (Weinberger
 * et al., "Feature hashing for large scale multitask learning", 2009), dampened by log(1 + count), and normalised to
 * length one. The same text gives the same vector on every machine. Texts are near each other when they share words or
 * parts of words, not when they merely mean the same.
 */
export const offlineDimensions = 512;

/** Bigger than any sensible passage; bounds the work on a text that is not one. */
const longestText = 200_000;
const word = /[\p{L}\p{N}]+/gu;

const weights = { word: 1, pair: 0.4, gram: 0.35 } as const;

/** Words that say nothing about what a text is about. English: other languages' are simply not left out. */
const stopWords = new Set(
  'a an and are as at be been but by can did do does for from had has have how i if in into is it its me my no not of on or our so such than that the their them then there these they this to was we were what when where which who why will with would you your'.split(
    ' ',
  ),
);

export function offlineEmbedding(text: string, dimensions: number = offlineDimensions): Float32Array {
  const counts = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number): void => {
    const known = counts.get(feature);
    if (known) known.count += 1;
    else counts.set(feature, { count: 1, weight });
  };
  let previous: string | undefined;
  for (const [found] of text.slice(0, longestText).normalize('NFKC').toLowerCase().matchAll(word)) {
    if (stopWords.has(found)) continue;
    add(`w ${found}`, weights.word);
    if (previous !== undefined) add(`p ${previous} ${found}`, weights.pair);
    previous = found;
    const bounded = `^${found.slice(0, 64)}$`;
    for (let size = 3; size <= 4; size += 1)
      for (let at = 0; at + size <= bounded.length; at += 1) add(`g ${bounded.slice(at, at + size)}`, weights.gram);
  }

  const vector = new Float32Array(dimensions);
  for (const [feature, { count, weight }] of counts) {
    const hash = fnv1a(feature);
    const index = hash % dimensions;
    const sign = Math.imul(hash, 0x9e37_79b1) >>> 31 === 0 ? 1 : -1;
    vector[index] = (vector[index] ?? 0) + sign * weight * Math.log1p(count);
  }
  return normalised(vector);
}

/** A text without any word has no direction: it stays zero, and is similar to nothing. */
function normalised(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const length = Math.sqrt(squares);
  return vector.map((value) => value / length);
}

/** 32-bit FNV-1a with a final mix, since its low bits alone are poor. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
