import type { Evaluation } from './evaluation.ts';
import { equal, isIn } from './equality.ts';
import { Duration, kindOf, Timestamp, type Value } from './value.ts';

export type BinaryOperator = (run: Evaluation, left: Value, right: Value) => Value;

/** All but `&&`, `||` and `?:`, which are lazy. */
export const binaryOperators: Readonly<Record<string, BinaryOperator>> = {
  '==': equal,
  '!=': (run, left, right) => !equal(run, left, right),
  '<': (run, left, right) => order(run, '<', left, right) < 0,
  '<=': (run, left, right) => order(run, '<=', left, right) <= 0,
  '>': (run, left, right) => order(run, '>', left, right) > 0,
  '>=': (run, left, right) => order(run, '>=', left, right) >= 0,
  in: (run, left, right) => {
    const found = isIn(run, left, right);
    if (found === undefined) throw run.fail(`\`in\` takes a list or an object on its right, not ${kindOf(run.open(right))}`);
    return found;
  },
  '+': add,
  '-': subtract,
  '*': (run, left, right) => arithmetic(run, '*', left, right, (a, b) => a * b),
  '/': (run, left, right) => arithmetic(run, '/', left, right, (a, b) => divisor(run, b) && a / b),
  '%': (run, left, right) => arithmetic(run, '%', left, right, (a, b) => divisor(run, b) && a % b),
};

export function negative(run: Evaluation, value: Value): Value {
  const content = run.open(value);
  if (typeof content === 'number') return run.number(-content);
  if (content instanceof Duration) return new Duration(-content.ms);
  throw run.fail(`\`-\` takes a number, not ${kindOf(content)}`);
}

function add(run: Evaluation, leftValue: Value, rightValue: Value): Value {
  const left = run.open(leftValue);
  const right = run.open(rightValue);
  if (typeof left === 'number' && typeof right === 'number') return run.number(left + right);
  if (typeof left === 'string' && typeof right === 'string') {
    run.makeText(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    run.makeList(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Timestamp && right instanceof Duration) return timestamp(run, left.ms + right.ms);
  if (left instanceof Duration && right instanceof Timestamp) return timestamp(run, left.ms + right.ms);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.ms + right.ms);
  const hint = typeof left === 'string' || typeof right === 'string' ? ' (string(…) makes text of a number)' : '';
  throw run.fail(`\`+\` takes two numbers, two texts or two lists, not ${kindOf(left)} and ${kindOf(right)}${hint}`);
}

function subtract(run: Evaluation, leftValue: Value, rightValue: Value): Value {
  const left = run.open(leftValue);
  const right = run.open(rightValue);
  if (left instanceof Timestamp && right instanceof Timestamp) return new Duration(left.ms - right.ms);
  if (left instanceof Timestamp && right instanceof Duration) return timestamp(run, left.ms - right.ms);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.ms - right.ms);
  return arithmetic(run, '-', left, right, (a, b) => a - b);
}

function arithmetic(
  run: Evaluation,
  name: string,
  leftValue: Value,
  rightValue: Value,
  compute: (left: number, right: number) => number,
): number {
  const left = run.open(leftValue);
  const right = run.open(rightValue);
  if (typeof left === 'number' && typeof right === 'number') return run.number(compute(left, right));
  throw run.fail(`\`${name}\` takes numbers, not ${kindOf(left)} and ${kindOf(right)}`);
}

function divisor(run: Evaluation, value: number): number {
  if (value === 0) throw run.fail('division by zero');
  return value;
}

/** Negative, zero or positive, as left is before, equal to or after right. */
function order(run: Evaluation, name: string, leftValue: Value, rightValue: Value): number {
  const left = run.open(leftValue);
  const right = run.open(rightValue);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') {
    run.spendCharacters(Math.min(left.length, right.length));
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms - right.ms;
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms;
  throw run.fail(`\`${name}\` cannot compare ${kindOf(left)} with ${kindOf(right)}`);
}

/** The widest range that ISO 8601 text with four digits of year can show. */
const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

export function timestamp(run: Evaluation, ms: number): Timestamp {
  if (ms >= earliest && ms <= latest) return new Timestamp(ms);
  throw run.fail('a time is within the years 1 to 9999');
}
