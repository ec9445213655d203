import { limits, type Json } from '@jetsaga/contracts';
import { Problem, type ProblemDetail } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Errors: 400 INVALID_ENCODING. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Problem(400, 'INVALID_ENCODING', 'the body is not valid UTF-8', { cause });
  }
}

/**
 * JSON that everything behind this door can take: parsed, not nested too deeply, and of values that survive being stored.
 * Errors: 400 INVALID_ENCODING and INVALID_JSON, 422 UNSUPPORTED_JSON with every place.
 */
export function parseStrictJson(bytes: Uint8Array): Json {
  const text = decodeText(bytes);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new Problem(400, 'INVALID_JSON', `the body is not JSON: ${(cause as Error).message}`, { cause });
  }
  const errors = unsupportedParts(value);
  if (errors.length > 0) throw new Problem(422, 'UNSUPPORTED_JSON', errors[0]!.message, { errors });
  return value;
}

const maxReported = 20;

/** Walks without recursion, so that depth costs no stack. */
function unsupportedParts(root: Json): ProblemDetail[] {
  const found: ProblemDetail[] = [];
  const open: { value: Json; pointer: () => string; depth: number }[] = [{ value: root, pointer: () => '', depth: 0 }];
  for (let next = open.pop(); next !== undefined && found.length < maxReported; next = open.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'object' && value !== null) {
      if (depth >= limits.jsonDepth) {
        found.push({ pointer: pointer(), code: 'TOO_DEEP', message: `JSON is nested deeper than ${limits.jsonDepth} levels` });
        continue;
      }
      for (const [key, child] of Object.entries(value)) {
        const wrong = wrongKey(key);
        if (wrong) found.push({ pointer: pointer(), ...wrong });
        open.push({ value: child, pointer: () => `${pointer()}/${escapePointer(key)}`, depth: depth + 1 });
      }
    } else {
      const wrong = wrongScalar(value);
      if (wrong) found.push({ pointer: pointer(), ...wrong });
    }
  }
  return found;
}

function wrongKey(key: string): { code: string; message: string } | undefined {
  // Harmless as it stands; refused because some code that copies the object later may not be as careful.
  if (key === '__proto__') return { code: 'FORBIDDEN_KEY', message: '`__proto__` is not allowed as a key' };
  return wrongText(key);
}

function wrongScalar(value: string | number | boolean | null): { code: string; message: string } | undefined {
  if (typeof value === 'string') return wrongText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { code: 'NUMBER_TOO_LARGE', message: 'a number is larger than a double can hold' };
  }
  return undefined;
}

function wrongText(text: string): { code: string; message: string } | undefined {
  if (text.includes('\0')) return { code: 'NUL_CHARACTER', message: 'the character U+0000 cannot be stored in text' };
  if (!text.isWellFormed()) return { code: 'LONE_SURROGATE', message: 'half of a surrogate pair is no character' };
  return undefined;
}

export function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}
