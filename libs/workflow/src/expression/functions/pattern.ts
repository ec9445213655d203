import { RE2JS, RE2JSException } from 're2js';
import type { Evaluation } from '../evaluation.ts';
import { expressionLimits } from '../expression-limits.ts';

/** Patterns in use, the latest last. They are the same whoever compiles them. */
const compiledPatterns = new Map<string, RE2JS>();
const mostKept = 500;
const stepsOfCompiling = 5_000;
/** What a character costs at most, in steps per instruction of the pattern's program. */
const stepsPerInstruction = 1 / 100;

/** Whether the pattern is found anywhere in the text, by RE2: in time linear in the text, whatever the pattern. */
export function matches(run: Evaluation, text: string, pattern: string): boolean {
  let compiled = compiledPatterns.get(pattern);
  if (!compiled) {
    run.spend(stepsOfCompiling);
    const result = compile(pattern);
    if (typeof result === 'string') throw run.fail(result);
    compiled = result;
    keep(pattern, compiled);
  }
  run.spend(1 + text.length * (1 / expressionLimits.charactersPerStep + compiled.programSize() * stepsPerInstruction));
  return compiled.test(text);
}

/** Why a pattern cannot be used. */
export function patternFault(pattern: string): string | undefined {
  const result = compile(pattern);
  return typeof result === 'string' ? result : undefined;
}

function compile(pattern: string): RE2JS | string {
  const { patternLength, patternSize } = expressionLimits;
  if (pattern.length > patternLength) return `a pattern has at most ${patternLength} characters, not ${pattern.length}`;
  try {
    const compiled = RE2JS.compile(pattern);
    return compiled.programSize() <= patternSize ? compiled : 'the pattern is too large: it repeats too much';
  } catch (error) {
    if (error instanceof RE2JSException) return `the pattern is not one that RE2 knows: ${error.message}`;
    throw error;
  }
}

function keep(pattern: string, compiled: RE2JS): void {
  if (compiledPatterns.size >= mostKept) compiledPatterns.delete(compiledPatterns.keys().next().value!);
  compiledPatterns.set(pattern, compiled);
}
