import { limits } from '@jetsaga/contracts';

/** Bounds that hold an evaluation to some ten milliseconds and some ten megabytes, whatever the data. */
export const expressionLimits = {
  /** Characters. */
  length: limits.expressionLength,
  /** Brackets, calls and member accesses within each other, as the parser counts them. */
  nesting: limits.jsonDepth,
  /** Levels of the syntax tree; a chain of 250 `+` is that deep. */
  treeDepth: 250,
  /**
   * Steps of one evaluation, a template's expressions together: one for every operation that a macro repeats, for every
   * element that a function visits, and for every 32 characters that it reads or writes.
   */
  steps: 2_000_000,
  charactersPerStep: 32,
  /** Characters of a text, and elements of a list, that an expression may make. */
  textLength: 16 * 1024 * 1024,
  /** Characters of a regular expression, and instructions of its program. */
  patternLength: 1_000,
  patternSize: 2_000,
  /** What is reported of one expression or one text, and how much of it with a hint: hints take their time. */
  problems: 100,
  hints: 20,
} as const;
