interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Forms of this field alone: the last day, the nearest weekday, the second Monday. */
  readonly special?: RegExp;
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const second: CronField = { name: 'second', min: 0, max: 59 };
const minute: CronField = { name: 'minute', min: 0, max: 59 };
const hour: CronField = { name: 'hour', min: 0, max: 23 };
const day: CronField = { name: 'day of month', min: 1, max: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ };
const month: CronField = { name: 'month', min: 1, max: 12, names: months };
const weekday: CronField = {
  name: 'day of week',
  min: 0,
  max: 7,
  names: weekdays,
  special: /^([0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(#[1-5]|#?L)$/,
};
const fiveFields = [minute, hour, day, month, weekday];

export const cronNicknames: readonly string[] = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/**
 * What is wrong with a cron pattern, in words; undefined when it is right: five fields, or six with seconds before them, or a
 * nickname such as `@daily`. `*`, lists, ranges, steps, names of months and weekdays; `L`, `15W`, `MON#2`, `5L` for days.
 * When it is due is the business of whoever has a calendar.
 */
export function cronProblem(pattern: string): string | undefined {
  const text = pattern.trim().toUpperCase();
  if (text.startsWith('@')) {
    return cronNicknames.includes(text.toLowerCase()) ? undefined : `a nickname is one of ${cronNicknames.join(', ')}`;
  }
  const parts = text === '' ? [] : text.split(/\s+/);
  const fields = parts.length === 6 ? [second, ...fiveFields] : fiveFields;
  if (parts.length !== fields.length) return `a cron pattern has 5 fields, or 6 with seconds; this one has ${parts.length}`;
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(parts[index]!, field);
    if (problem !== undefined) return problem;
  }
  return neverDue(parts.at(-3)!, parts.at(-2)!, parts.at(-1)!);
}

function fieldProblem(text: string, field: CronField): string | undefined {
  for (const item of text.split(',')) {
    const problem = itemProblem(item, field);
    if (problem !== undefined) return `${field.name}: ${problem}`;
  }
  return undefined;
}

function itemProblem(item: string, field: CronField): string | undefined {
  if (item === '') return 'an item of the list is empty';
  if (field.special?.test(item)) return undefined;
  const [range = '', step, ...rest] = item.split('/');
  if (rest.length > 0) return `\`${item}\` has more than one step`;
  if (step !== undefined) {
    const size = field === weekday ? 7 : field.max - field.min + 1;
    if (!/^\d{1,2}$/.test(step) || Number(step) < 1 || Number(step) > size) return `a step is 1 to ${size}, not \`${step}\``;
  }
  if (range === '*' || range === '?') return undefined;
  const ends = range.split('-');
  if (ends.length > 2) return `\`${range}\` is no range`;
  const values = ends.map((end) => valueOf(end, field));
  const unknown = values.indexOf(undefined);
  if (unknown >= 0) return `\`${ends[unknown]}\` is not ${field.min} to ${field.max}${field.names ? ', nor a name' : ''}`;
  const [from, to] = values;
  if (to === undefined)
    return step === undefined ? undefined : `a step needs a range: \`*/${step}\` or \`${range}-${field.max}/${step}\``;
  return from! > to ? `the range \`${range}\` goes backwards` : undefined;
}

function valueOf(text: string, { min, max, names }: CronField): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return min + named;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** `0 0 31 2 *`: no such day is in any of those months. A day of the week as well would be due by itself. */
function neverDue(days: string, monthsText: string, weekdaysText: string): string | undefined {
  if (weekdaysText !== '*' && weekdaysText !== '?') return undefined;
  const first = Math.min(...days.split(',').map((item) => (/^\d/.test(item) ? Number.parseInt(item, 10) : 1)));
  const longest = Math.max(...longestMonths.filter((_, index) => coversMonth(monthsText, index + 1)));
  return first > longest ? `day of month: no month that it names has a day ${first}` : undefined;
}

function coversMonth(text: string, wanted: number): boolean {
  return text.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/');
    const [from = '*', to = from] = range.split('-');
    const low = from === '*' || from === '?' ? month.min : valueOf(from, month)!;
    const high = from === '*' || from === '?' ? month.max : valueOf(to, month)!;
    return wanted >= low && wanted <= high && (wanted - low) % Number(step) === 0;
  });
}
