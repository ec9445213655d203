import { limits, type Json } from '@jetsaga/contracts';

/** A character of JSON text is one to three bytes; what is below this many characters cannot exceed the inline limit. */
const mostCharacters = limits.inlineValueBytes / 3;

/** Whether the value's JSON may be larger than what travels inline. Looks no further than it must. */
export function isLarge(value: Json): boolean {
  let left = mostCharacters;
  const visit = (part: Json): void => {
    if (left < 0) return;
    if (typeof part === 'string') {
      left -= part.length + 2;
    } else if (Array.isArray(part)) {
      left -= 2;
      for (const item of part) visit(item);
    } else if (typeof part === 'object' && part !== null) {
      left -= 2;
      for (const key in part) {
        left -= key.length + 4;
        visit(part[key] ?? null);
        if (left < 0) return;
      }
    } else {
      left -= 6;
    }
  };
  visit(value);
  return left < 0;
}
