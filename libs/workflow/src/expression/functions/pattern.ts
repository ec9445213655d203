import { RE2JS, RE2JSException } from 're2js';
import type { Evaluation } from '../evaluation.ts';
import { expressionLimits } from '../expression-limits.ts';

/*
 * RE2 takes time linear in the text whatever the pattern, but the factor grows with the pattern's program: one character
 * costs up to 30 ns for each instruction. So texts are paid for by both.
 */

const stepsPerInstruction = 1 / 8;
/** For compiling; character classes of Unicode take longest. */
const stepsPerPatternCharacter = 1_000;

/** Patterns that came with data, the oldest first, or what is wrong with them: the same for every evaluation. */
const known = new Map<string, RE2JS | string>();
const mostKnown = 500;

/** Whether the pattern is found anywhere in the text. */
export function search(run: Evaluation, text: string, pattern: RE2JS): boolean {
  run.spend(1 + text.length * (1 / expressionLimits.charactersPerStep + pattern.programSize() * stepsPerInstruction));
  return pattern.test(text);
}

/** Paid for once in an evaluation, whether it is known or not: what an evaluation may do must not hang on earlier ones. */
export function patternOf(run: Evaluation, source: string): RE2JS {
  run.spendOnce(`pattern ${source}`, (1 + Math.min(source.length, expressionLimits.patternLength)) * stepsPerPatternCharacter);
  const pattern = known.get(source) ?? compilePattern(source);
  if (known.size >= mostKnown && !known.has(source)) known.delete(known.keys().next().value!);
  if (source.length <= expressionLimits.patternLength) known.set(source, pattern);
  if (typeof pattern === 'string') throw run.fail(pattern);
  return pattern;
}

const ignoresCase = /\(\?[a-zA-Z]*i/;
/** Classes that take milliseconds each to compile when case is ignored. */
const wideClass = /\\[pP]|-(?:[^\0-\x7f]|\\x)/;

/** The pattern, or why it cannot be used. */
export function compilePattern(source: string): RE2JS | string {
  const { patternLength, patternSize } = expressionLimits;
  if (source.length > patternLength) return `a pattern has at most ${patternLength} characters, not ${source.length}`;
  if (ignoresCase.test(source) && wideClass.test(source)) {
    return 'a pattern that ignores case takes no \\p{…} and no ranges beyond ASCII: use lower(…) instead of (?i)';
  }
  try {
    const pattern = RE2JS.compile(source);
    return pattern.programSize() <= patternSize ? pattern : 'the pattern is too large: it repeats too much';
  } catch (error) {
    if (error instanceof RE2JSException) return `the pattern is not one that RE2 knows: ${error.message}`;
    if (error instanceof RangeError) return 'the pattern is nested too deeply';
    throw error;
  }
}
