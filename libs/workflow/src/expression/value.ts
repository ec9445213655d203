import type { Json } from '@jetsaga/contracts';

/** A point in time; JSON shows it as ISO 8601 text in UTC. */
export class Timestamp {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A length of time; JSON shows it as `5400s` or `250ms`. */
export class Duration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** What an expression computes with: JSON, and time. */
export type Value = null | boolean | number | string | Value[] | ValueMap | Timestamp | Duration;
export type ValueMap = { [key: string]: Value };

export function isMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Timestamp) &&
    !(value instanceof Duration)
  );
}

/** A value's kind in the words of messages. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Timestamp) return 'a timestamp';
  if (value instanceof Duration) return 'a duration';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a boolean';
    default:
      return 'an object';
  }
}

/** Sets an own member; never a prototype. */
export function setMember<T>(target: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

export function timeText(time: Timestamp | Duration): string {
  if (time instanceof Timestamp) return new Date(time.ms).toISOString();
  return time.ms % 1_000 === 0 ? `${time.ms / 1_000}s` : `${time.ms}ms`;
}

/** The JSON of a value: time becomes text, anywhere in it. */
export function toJson(value: Value): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Timestamp || value instanceof Duration) return timeText(value);
  if (Array.isArray(value)) return value.map(toJson);
  const result: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) setMember(result, key, toJson(value[key]!));
  return result;
}
