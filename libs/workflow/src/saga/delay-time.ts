import { parseDuration, type Json } from '@jetsaga/contracts';

const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const hasZone = /(Z|[+-]\d{2}:?\d{2})$/;
/** As milliseconds this is 1973, as seconds the year 5138: what is smaller is meant as seconds. */
const leastMilliseconds = 100_000_000_000;

/** The time that lies a duration after `at`; undefined when the value is no duration. */
export function timeAfter(value: Json | undefined, at: number): number | undefined {
  const ms = parseDuration(value);
  return ms === undefined ? undefined : at + ms;
}

/** An ISO 8601 time, in UTC where it names no zone, or seconds or milliseconds since 1970; undefined when it is none of these. */
export function timeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Math.round(Math.abs(value) < leastMilliseconds ? value * 1_000 : value);
  if (typeof value !== 'string' || !isoTime.test(value)) return undefined;
  const time = Date.parse(value.includes('T') && !hasZone.test(value) ? `${value}Z` : value);
  return Number.isNaN(time) ? undefined : time;
}
