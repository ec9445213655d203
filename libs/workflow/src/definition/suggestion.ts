/** The candidate that was probably meant: the nearest by edit distance, if it is near at all. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted.length > longest) return undefined;
  let best: string | undefined;
  let reach = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - wanted.length) > reach) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), reach);
    if (distance > reach) continue;
    best = candidate;
    reach = distance - 1;
    if (reach < 0) break;
  }
  return best;
}

/** A hint in words, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? undefined : `did you mean \`${candidate}\`?`;
}

const longest = 200;

/**
 * Damerau-Levenshtein (neighbours swapped count once), given up once it is sure to exceed `reach`. Ids tend to share
 * their beginnings, and there may be thousands of them: what is equal at both ends is left out.
 */
function editDistance(left: string, right: string, reach: number): number {
  let start = 0;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (start < leftEnd && start < rightEnd && left[start] === right[start]) start += 1;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const a = left.slice(start, leftEnd);
  const b = right.slice(start, rightEnd);
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforePrevious[j - 2]! + 1);
      }
      current.push(distance);
      if (distance < least) least = distance;
    }
    // A swap reaches back two rows, by one: below that, nothing that follows can be nearer.
    if (least > reach + 1) return least;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
