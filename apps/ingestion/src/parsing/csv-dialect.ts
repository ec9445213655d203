const delimiters = [',', ';', '\t', '|'] as const;
const sampleCharacters = 64 * 1024;

export interface CsvDialect {
  readonly delimiter: string;
  readonly columns: number;
}

/**
 * The delimiter that cuts the first lines into the same number of cells, the more the better. Undefined when there are
 * fewer than two lines or none does: prose has commas too, but not as many in every line.
 */
export function findDelimiter(text: string): CsvDialect | undefined {
  const rows = firstRecords(text);
  if (rows.length < 2) return undefined;
  let best: CsvDialect | undefined;
  for (const delimiter of delimiters) {
    const counts = rows.map((row) => cells(row, delimiter));
    const columns = counts[0] ?? 0;
    if (columns < 2 || !counts.every((count) => count === columns)) continue;
    if (columns > (best?.columns ?? 1)) best = { delimiter, columns };
  }
  return best;
}

/** Lines, where a line break inside quotes does not end one; the last one only when the sample holds all of it. */
function firstRecords(text: string): string[] {
  const sample = text.slice(0, sampleCharacters);
  const records: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < sample.length && records.length < 50; at += 1) {
    if (sample[at] === '"') quoted = !quoted;
    if (sample[at] !== '\n' || quoted) continue;
    records.push(sample.slice(start, at));
    start = at + 1;
  }
  if (records.length < 50 && sample.length === text.length) records.push(sample.slice(start));
  return records.map((record) => record.replace(/\r$/, '')).filter((record) => record.trim() !== '');
}

function cells(record: string, delimiter: string): number {
  let count = 1;
  let quoted = false;
  for (const character of record) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) count += 1;
  }
  return count;
}
