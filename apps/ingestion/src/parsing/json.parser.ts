import { DocumentProblem, reasonOf } from './document-problem.ts';
import { parsingLimits, type ParsedContent } from './parsed-document.ts';

/** One line per leaf, with its path, so that a passage says what its values are: `customer.address.city: Oslo`. */
export function parseJson(text: string): ParsedContent {
  const value = parsed(text.replace(/^\uFEFF/, ''), 'the JSON is broken');
  return { title: titleOf(value), pages: [leaves(value).join('\n')] };
}

/** JSON Lines: the leaves of each line, a blank line between records. */
export function parseJsonLines(text: string): ParsedContent {
  const records = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => leaves(parsed(line, `line ${number} is no JSON`)).join('\n'));
  return { pages: [records.join('\n\n')], metadata: { records: records.length } };
}

function parsed(text: string, complaint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DocumentProblem('UNREADABLE_DOCUMENT', `${complaint}: ${reasonOf(error)}`, { cause: error });
  }
}

/** With a stack of its own: a document may be nested deeper than the process's stack. */
function leaves(root: unknown): string[] {
  const lines: string[] = [];
  const open: { readonly value: unknown; readonly path: string; readonly depth: number }[] = [
    { value: root, path: '', depth: 0 },
  ];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { value, path, depth } = top;
    if (typeof value !== 'object' || value === null) {
      if (value !== null && value !== '') lines.push(path === '' ? String(value) : `${path}: ${String(value)}`);
      continue;
    }
    if (depth >= parsingLimits.depth)
      throw new DocumentProblem('DOCUMENT_TOO_COMPLEX', `the JSON is nested deeper than ${parsingLimits.depth} levels`);
    const children = Array.isArray(value)
      ? value.map((child, index) => ({ value: child as unknown, path: `${path}[${index}]`, depth: depth + 1 }))
      : Object.entries(value).map(([key, child]) => ({
          value: child as unknown,
          path: path === '' ? key : `${path}.${key}`,
          depth: depth + 1,
        }));
    for (let at = children.length - 1; at >= 0; at -= 1) open.push(children[at]!);
  }
  return lines;
}

function titleOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { title, name } = value as { title?: unknown; name?: unknown };
  const found = [title, name].find((candidate) => typeof candidate === 'string' && candidate.trim() !== '');
  return typeof found === 'string' ? found.trim().slice(0, 300) : null;
}
