import { parse } from 'csv-parse/sync';
import { findDelimiter } from './csv-dialect.ts';
import { DocumentProblem, reasonOf } from './document-problem.ts';
import type { ParsedContent } from './parsed-document.ts';

/**
 * One line per record, every cell with the name of its column, so that a passage cut from the middle of a table still
 * says what its figures are: `Product: Kettle; Price: 35`.
 */
export function parseCsv(text: string): ParsedContent {
  const delimiter = findDelimiter(text)?.delimiter ?? ',';
  let records: string[][];
  try {
    records = parse(text, {
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    });
  } catch (error) {
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `the CSV is broken: ${reasonOf(error)}`, { cause: error });
  }
  const [first = [], ...rest] = records;
  const named = rest.length > 0 && isHeader(first);
  const rows = named ? rest : records;
  const lines = rows.map((row) =>
    row
      .map((cell, column) => ({ cell: cell.trim(), name: named ? first[column]?.trim() : undefined }))
      .filter(({ cell }) => cell !== '')
      .map(({ cell, name }) => (name ? `${name}: ${cell}` : cell))
      .join('; '),
  );
  return { pages: [lines.join('\n')], metadata: { rows: rows.length, columns: first.length } };
}

/** Names are distinct, and none of them is empty or a number. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim());
  return new Set(names).size === names.length && names.every((name) => name !== '' && !/^[-+]?[\d.,\s]+%?$/.test(name));
}
