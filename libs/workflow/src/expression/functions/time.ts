import type { Evaluation } from '../evaluation.ts';
import { timestamp } from '../operators.ts';
import { Duration, kindOf, Timestamp, type Value } from '../value.ts';
import { dateFormat, type DatePiece } from './date-format.ts';
import type { FunctionTable } from './expression-function.ts';

/** Time is in UTC everywhere. */
export const timeFunctions: FunctionTable = {
  timestamp: {
    signature: 'timestamp(ISO 8601 text, or seconds or milliseconds since 1970)',
    least: 1,
    yieldsTime: true,
    call: (run, [value]) => timeOf(run, value!, '`timestamp`'),
  },
  duration: {
    signature: 'duration(text such as 1h30m, or seconds)',
    least: 1,
    yieldsTime: true,
    call: (run, [value]) => durationOf(run, value!),
  },
  formatDate: {
    signature: 'formatDate(time, format such as yyyy-MM-dd HH:mm:ss)',
    least: 2,
    specialise: ([, format]) => {
      if (typeof format !== 'string') return undefined;
      const pieces = dateFormat(format);
      return typeof pieces === 'string' ? pieces : (run, [value]) => formatted(run, value!, pieces);
    },
    call: (run, [value, format]) => {
      const pieces = dateFormat(run.text(format!, '`formatDate`'));
      if (typeof pieces === 'string') throw run.fail(pieces);
      run.spend(100);
      return formatted(run, value!, pieces);
    },
  },
  getFullYear: part('getFullYear', (date) => date.getUTCFullYear()),
  getMonth: part('getMonth', (date) => date.getUTCMonth()),
  getDate: part('getDate', (date) => date.getUTCDate()),
  getDayOfMonth: part('getDayOfMonth', (date) => date.getUTCDate() - 1),
  getDayOfWeek: part('getDayOfWeek', (date) => date.getUTCDay()),
  getDayOfYear: part('getDayOfYear', (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000)),
  getHours: part('getHours', (date) => date.getUTCHours(), 3_600_000),
  getMinutes: part('getMinutes', (date) => date.getUTCMinutes(), 60_000),
  getSeconds: part('getSeconds', (date) => date.getUTCSeconds(), 1_000),
  getMilliseconds: part('getMilliseconds', (date) => date.getUTCMilliseconds(), 1),
};

function formatted(run: Evaluation, value: Value, pieces: readonly DatePiece[]): string {
  run.spend(20);
  const date = new Date(timeOf(run, value, '`formatDate`').ms);
  return pieces.map((piece) => piece(date)).join('');
}

/** A part of a point in time; of a duration, with `unit`, the whole of it in that unit. Source: CEL's standard functions. */
function part(name: string, read: (date: Date) => number, unit?: number): FunctionTable[string] {
  return {
    signature: `${name}(timestamp${unit === undefined ? '' : ' or duration'})`,
    least: 1,
    call: (run, [value]) => {
      if (value instanceof Timestamp) return read(new Date(value.ms));
      if (value instanceof Duration && unit !== undefined) return Math.trunc(value.ms / unit);
      throw run.fail(`\`${name}\` takes timestamp(…)${unit === undefined ? '' : ' or duration(…)'}, not ${kindOf(value!)}`);
    },
  };
}

const isoTime = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;
/** As milliseconds this is 1973, as seconds the year 5138: what is smaller is meant as seconds. */
const leastMilliseconds = 100_000_000_000;

function timeOf(run: Evaluation, value: Value, user: string): Timestamp {
  if (value instanceof Timestamp) return value;
  run.spend(20);
  if (typeof value === 'number') return timestamp(run, Math.round(Math.abs(value) < leastMilliseconds ? value * 1_000 : value));
  if (typeof value !== 'string') throw run.fail(`${user} takes a time, not ${kindOf(value)}`);
  const match = value.length <= 40 ? isoTime.exec(value) : null;
  const ms = match ? Date.parse(value.length > 10 && match[1] === undefined ? `${value}Z` : value) : Number.NaN;
  if (Number.isNaN(ms))
    throw run.fail(`${user} takes ISO 8601 text such as 2026-01-31T12:00:00Z, not ${JSON.stringify(value.slice(0, 50))}`);
  return timestamp(run, ms);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durationText = /^([+-]?)((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)$/;
const longestDuration = 10_000 * 366 * 86_400_000;

function durationOf(run: Evaluation, value: Value): Duration {
  if (value instanceof Duration) return value;
  run.spend(20);
  const ms = typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? durationMs(value) : undefined;
  if (ms === undefined) throw run.fail(`\`duration\` takes text such as 1h30m or a number of seconds, not ${kindOf(value)}`);
  if (!(Math.abs(ms) <= longestDuration)) throw run.fail('a duration is at most 10,000 years');
  return new Duration(Math.round(ms));
}

function durationMs(text: string): number | undefined {
  const match = text.length <= 100 ? durationText.exec(text) : null;
  if (!match) return undefined;
  let ms = 0;
  for (const [, amount, unit] of match[2]!.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) ms += Number(amount) * units[unit!]!;
  return match[1] === '-' ? -ms : ms;
}
