import type { Positions, PositionPart } from './positions.ts';

/** Everything that can be wrong with a definition, by name. */
export const problemCodes = [
  'INVALID_SYNTAX',
  'UNQUOTED_TEMPLATE',
  'DUPLICATE_KEY',
  'TOO_LARGE',
  'INVALID_FIELD',
  'INVALID_ID',
  'INVALID_KEY',
  'INVALID_DURATION',
  'INVALID_CRON',
  'INVALID_SCHEMA',
  'INVALID_CONFIG',
  'INVALID_EXPRESSION',
  'SECRET_NOT_ALLOWED',
  'UNREACHABLE_REFERENCE',
  'DUPLICATE_ID',
  'UNKNOWN_DEPENDENCY',
  'SELF_DEPENDENCY',
  'DUPLICATE_DEPENDENCY',
  'CYCLE',
  'UNKNOWN_HANDLER',
  'UNKNOWN_BRANCH',
  'NOT_SUPPORTED_YET',
  'TOO_MANY_PROBLEMS',
] as const;

/** What is allowed and yet worth a look. */
export const warningCodes = [
  'NO_INPUT_NODE',
  'NO_OUTPUT_NODE',
  'UNUSED_NODE',
  'UNUSED_CONFIG',
  'UNCHECKED_BRANCH',
  'HIDDEN_ID',
  'NO_WORKER',
  'UNKNOWN_HANDLER',
] as const;

export type ProblemCode = (typeof problemCodes)[number] | (typeof warningCodes)[number];

/** `pointer` is a JSON pointer into the document; `line` and `column` count from 1 and say where that is in its source. */
export interface DefinitionProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly pointer: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

export interface ProblemExtras {
  /** A hint that takes a search is only searched for while problems are few. */
  readonly hint?: string | (() => string | undefined) | undefined;
  /** `key` points at a field's name rather than at its value. */
  readonly part?: PositionPart;
}

const mostProblems = 1_000;
const mostSearches = 100;

/** Gathers problems in any order and hands them out in the order of the document. */
export class ProblemList {
  private readonly found = new Map<string, DefinitionProblem>();
  readonly positions: Positions;

  constructor(positions: Positions) {
    this.positions = positions;
  }

  add(code: ProblemCode, pointer: string, message: string, extras: ProblemExtras = {}): void {
    if (this.isFull) return;
    const position = this.positions.locate(pointer, extras.part);
    const hint = typeof extras.hint === 'function' ? this.searched(extras.hint) : extras.hint;
    this.take({ code, message, pointer, ...position, ...(hint !== undefined && { hint }) });
  }

  private searched(search: () => string | undefined): string | undefined {
    return this.found.size < mostSearches ? search() : undefined;
  }

  take(problem: DefinitionProblem): void {
    const identity = `${problem.code} ${problem.pointer} ${problem.message}`;
    if (!this.isFull && !this.found.has(identity)) this.found.set(identity, problem);
  }

  /** Nothing more will be told apart: looking for more is in vain. */
  get isFull(): boolean {
    return this.found.size >= mostProblems;
  }

  get size(): number {
    return this.found.size;
  }

  sorted(): DefinitionProblem[] {
    const problems = [...this.found.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    if (this.isFull) {
      const message = `these are the first ${mostProblems} problems: mend them, and see what is left`;
      problems.push({ code: 'TOO_MANY_PROBLEMS', pointer: '', message });
    }
    return problems;
  }
}
