import type { Evaluation } from './evaluation.ts';
import { Duration, kindOf, Timestamp, type Value } from './value.ts';

/** An own member of an object; undefined when there is none, or nothing that could have members. */
export function memberOf(run: Evaluation, holder: Value, key: string): Value | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const opened = '$ref' in holder ? run.open(holder) : holder;
  if (typeof opened !== 'object' || opened === null || Array.isArray(opened)) return undefined;
  if (opened instanceof Timestamp || opened instanceof Duration) return undefined;
  return key !== '__proto__' && Object.hasOwn(opened, key) ? opened[key] : undefined;
}

/** `holder[index]`: an element of a list, or a member of an object. */
export function elementOf(run: Evaluation, holder: Value, index: Value): Value | undefined {
  const opened = run.open(holder);
  const key = run.open(index);
  if (typeof key === 'string') return memberOf(run, opened, key);
  if (opened === null) return undefined;
  if (Array.isArray(opened)) {
    if (typeof key !== 'number' || !Number.isInteger(key))
      throw run.fail(`the index of a list is a whole number, not ${typeof key === 'number' ? key : kindOf(key)}`);
    return key >= 0 && key < opened.length ? opened[key] : undefined;
  }
  if (typeof opened === 'object' && (typeof key === 'number' || typeof key === 'boolean'))
    return memberOf(run, opened, String(key));
  throw run.fail(`${kindOf(opened)} has no elements by ${kindOf(key)}`);
}
