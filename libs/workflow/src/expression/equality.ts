import { isClaimCheck } from '@jetsaga/contracts';
import type { Evaluation } from './evaluation.ts';
import { Duration, isMap, Timestamp, type Value } from './value.ts';

/** Deep, over JSON; values of different kinds are unequal, never an error. A claim check equals its content. */
export function equal(run: Evaluation, left: Value, right: Value): boolean {
  if (left === null || right === null || typeof left === 'boolean' || typeof right === 'boolean') return left === right;
  if (typeof left !== 'object' && typeof right !== 'object') {
    if (typeof left === 'string' && typeof right === 'string' && left.length === right.length) run.spendCharacters(left.length);
    return left === right;
  }
  run.spend(1);
  if (left === right || sameClaimCheck(left, right)) return true;
  return equalContent(run, run.open(left), run.open(right));
}

function sameClaimCheck(left: Value, right: Value): boolean {
  return isClaimCheck(left) && isClaimCheck(right) && left.$ref === right.$ref;
}

function equalContent(run: Evaluation, left: Value, right: Value): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null)
    return equalScalars(run, left, right);
  if (left instanceof Timestamp) return right instanceof Timestamp && left.ms === right.ms;
  if (left instanceof Duration) return right instanceof Duration && left.ms === right.ms;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => equal(run, item, right[index]!));
  }
  if (!isMap(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(run, left[key]!, right[key]!))
  );
}

function equalScalars(run: Evaluation, left: Value, right: Value): boolean {
  if (typeof left === 'object' && left !== null) return false;
  if (typeof right === 'object' && right !== null) return false;
  return equal(run, left, right);
}

/** `left in right`: an element of a list, a key of an object. */
export function isIn(run: Evaluation, left: Value, right: Value): boolean | undefined {
  const holder = run.open(right);
  if (Array.isArray(holder)) {
    run.spend(holder.length);
    return holder.some((item) => equal(run, left, item));
  }
  if (!isMap(holder)) return undefined;
  const key = run.open(left);
  return typeof key === 'object' ? false : key !== '__proto__' && Object.hasOwn(holder, String(key));
}
