const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export type DatePiece = (date: Date) => string;

const longestFormat = 200;

/** In UTC and English, whatever the machine. */
const tokens: Readonly<Record<string, DatePiece>> = {
  yyyy: (date) => padded(date.getUTCFullYear(), 4),
  yy: (date) => padded(date.getUTCFullYear() % 100, 2),
  MMMM: (date) => months[date.getUTCMonth()]!,
  MMM: (date) => months[date.getUTCMonth()]!.slice(0, 3),
  MM: (date) => padded(date.getUTCMonth() + 1, 2),
  M: (date) => String(date.getUTCMonth() + 1),
  dd: (date) => padded(date.getUTCDate(), 2),
  d: (date) => String(date.getUTCDate()),
  EEEE: (date) => days[date.getUTCDay()]!,
  EEE: (date) => days[date.getUTCDay()]!.slice(0, 3),
  HH: (date) => padded(date.getUTCHours(), 2),
  H: (date) => String(date.getUTCHours()),
  hh: (date) => padded(hourOfHalfDay(date), 2),
  h: (date) => String(hourOfHalfDay(date)),
  mm: (date) => padded(date.getUTCMinutes(), 2),
  m: (date) => String(date.getUTCMinutes()),
  ss: (date) => padded(date.getUTCSeconds(), 2),
  s: (date) => String(date.getUTCSeconds()),
  SSS: (date) => padded(date.getUTCMilliseconds(), 3),
  a: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  T: () => 'T',
  Z: () => 'Z',
};

/** A run of one letter, text in single quotes (`''` is one quote), or anything else. */
const piece = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']+|'/g;

/** Pieces of a format as functions of a date, or what is wrong with it. */
export function dateFormat(format: string): readonly DatePiece[] | string {
  if (format.length > longestFormat) return `a date format has at most ${longestFormat} characters`;
  const pieces: DatePiece[] = [];
  for (const match of format.matchAll(piece)) {
    const [text, letter, quoted] = match;
    if (letter !== undefined) {
      if (!Object.hasOwn(tokens, text))
        return `\`${text}\` is no part of a date format; there are ${Object.keys(tokens).join(', ')}, and 'text'`;
      pieces.push(tokens[text]!);
    } else if (quoted !== undefined) {
      const literal = quoted === '' ? "'" : quoted.replaceAll("''", "'");
      pieces.push(() => literal);
    } else if (text === "'") return "a ' in a date format is not closed";
    else pieces.push(() => text);
  }
  return pieces;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function hourOfHalfDay(date: Date): number {
  return date.getUTCHours() % 12 || 12;
}
