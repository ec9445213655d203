import { didYouMean } from '../definition/suggestion.ts';

/** Names that mean the same in every expression. */
export const builtInNames: ReadonlySet<string> = new Set(['input', 'nodes', 'execution', 'secrets']);

/** Ids that would be read as something else: a step of that name is reached through `nodes["…"]`. */
const reservedIds: ReadonlySet<string> = new Set([
  ...builtInNames,
  ...['item', 'index', 'items', 'event', 'signal'],
  ...['has', 'all', 'exists', 'exists_one', 'map', 'filter', 'cel'],
  ...[
    'bool',
    'bytes',
    'double',
    'duration',
    'dyn',
    'int',
    'list',
    'null_type',
    'optional_type',
    'string',
    'timestamp',
    'type',
    'uint',
  ],
  ...['false', 'in', 'null', 'true'],
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace'],
  ...['return', 'var', 'void', 'while', '__proto__', 'prototype'],
]);

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a step of this id is read as `<id>.output`. */
export function isPlainId(id: string): boolean {
  return identifier.test(id) && !reservedIds.has(id);
}

/** How an expression names a step. */
export function nodeName(id: string): string {
  return isPlainId(id) ? id : `nodes[${JSON.stringify(id)}]`;
}

/** What may have been meant by a name that nothing has. `offset` is where the name stands in the expression. */
export function nameHint(
  name: string,
  source: string,
  offset: number,
  nodeIds: ReadonlySet<string>,
  locals: readonly string[],
): string | undefined {
  return (
    quotedIdHint(source, nodeIds, offset) ?? didYouMean(name, [...[...nodeIds].filter(isPlainId), ...locals, ...builtInNames])
  );
}

/** `fetch-data.output` is a subtraction: the hint says how to write the id. */
export function quotedIdHint(source: string, nodeIds: ReadonlySet<string>, offset?: number): string | undefined {
  for (const id of nodeIds) {
    if (isPlainId(id)) continue;
    const at = source.indexOf(id);
    if (at < 0 || (offset !== undefined && (offset < at || offset >= at + id.length))) continue;
    const before = at === 0 ? '' : source[at - 1]!;
    const after = source[at + id.length] ?? '';
    if (!/[\w"'.-]/.test(before) && !/[\w"'-]/.test(after)) return `write ${nodeName(id)}`;
  }
  return undefined;
}
