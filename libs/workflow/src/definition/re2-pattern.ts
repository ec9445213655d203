import { RE2JS } from 're2js';

/**
 * Ajv's engine for `pattern`: RE2, which takes time linear in the text whatever the pattern. Throws on what RE2 does not
 * have (look-around, back references).
 */
export function re2Pattern(pattern: string): { test(text: string): boolean } {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return {
    test: (text) => compiled.test(text),
    // Ajv shares engines by this text.
    toString: () => `/${pattern}/`,
  } as { test(text: string): boolean };
}
re2Pattern.code = 're2Pattern';

/** The same, but what RE2 does not have fits everything. */
export function forgivingPattern(pattern: string): { test(text: string): boolean } {
  try {
    return re2Pattern(pattern);
  } catch {
    return { test: () => true, toString: () => `/${pattern}/` } as { test(text: string): boolean };
  }
}
forgivingPattern.code = 'forgivingPattern';
