export interface DatasetLine {
  /** Counted from 1: the line of the file, or the place in the list. */
  readonly line: number;
  readonly value: unknown;
}

export interface UnreadableLine {
  readonly line: number;
  readonly reason: string;
}

/** A list as JSON, or one JSON value per line (JSON Lines). Empty lines are passed over. */
export function* datasetLines(text: string): Generator<DatasetLine | UnreadableLine> {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const list = listOf(text.slice(start));
  if (list) {
    for (const [index, value] of list.entries()) yield { line: index + 1, value };
    return;
  }
  let line = 0;
  for (let from = start; from < text.length;) {
    const end = text.indexOf('\n', from);
    const content = text.slice(from, end < 0 ? text.length : end).trim();
    from = end < 0 ? text.length : end + 1;
    line += 1;
    if (content === '') continue;
    yield read(line, content);
  }
}

function listOf(text: string): unknown[] | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function read(line: number, content: string): DatasetLine | UnreadableLine {
  try {
    return { line, value: JSON.parse(content) };
  } catch (error) {
    return { line, reason: `is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
