import type { Evaluation } from '../evaluation.ts';
import { isMap, kindOf, type Value, type ValueMap } from '../value.ts';

/** Undefined: there is nothing to be found. Claim checks among the arguments are open, those inside them are not. */
export type FunctionBody = (run: Evaluation, values: readonly Value[]) => Value | undefined;

/** A function of the expression language. */
export interface ExpressionFunction {
  /** As documentation and hints show it. */
  readonly signature: string;
  /** Numbers of arguments; `most` is `least` unless given. */
  readonly least: number;
  readonly most?: number;
  /** The result is a timestamp or a duration. */
  readonly yieldsTime?: boolean;
  /**
   * Looks at the arguments that are literals; the others are undefined. Gives what is wrong with them, a call that is
   * faster with them, or nothing.
   */
  readonly specialise?: (literals: readonly unknown[]) => string | FunctionBody | undefined;
  readonly call: FunctionBody;
}

export type FunctionTable = Readonly<Record<string, ExpressionFunction>>;

export function numberOf(run: Evaluation, value: Value, user: string): number {
  if (typeof value === 'number') return value;
  throw run.fail(`${user} takes a number, not ${kindOf(value)}`);
}

export function wholeNumberOf(run: Evaluation, value: Value, user: string): number {
  const number = numberOf(run, value, user);
  if (Number.isSafeInteger(number)) return number;
  throw run.fail(`${user} takes a whole number, not ${number}`);
}

export function listOf(run: Evaluation, value: Value, user: string): Value[] {
  if (!Array.isArray(value)) throw run.fail(`${user} takes a list, not ${kindOf(value)}`);
  run.makeList(value.length);
  return value;
}

export function mapOf(run: Evaluation, value: Value, user: string): ValueMap {
  if (!isMap(value)) throw run.fail(`${user} takes an object, not ${kindOf(value)}`);
  return value;
}
