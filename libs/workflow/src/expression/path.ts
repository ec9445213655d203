import { textOf, type SyntaxNode } from './cel-syntax.ts';
import type { MaybeEvaluator } from './evaluation.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { elementOf, memberOf } from './member.ts';
import { compileRoot } from './root.ts';

/** A member that is named in the expression itself: `.key` or `["key"]`. */
export interface PathKey {
  readonly key: string;
  readonly node: SyntaxNode;
  /** What it is a member of. */
  readonly holder: SyntaxNode;
}

/**
 * `a.b.c`, `a["b"].c`, `a[i]`, `f(x).b`: one closure for a whole chain of named members. Only own members are seen; a
 * claim check on the way is opened.
 */
export function compilePath(compiler: ExpressionCompiler, node: SyntaxNode): MaybeEvaluator {
  const keys: PathKey[] = [];
  let base = node;
  for (let key = keyOf(base); key; key = keyOf(base)) {
    keys.unshift(key);
    base = (base.args as [SyntaxNode, unknown])[0];
  }
  if (base.op === 'id') {
    const root = compileRoot(compiler, base, keys);
    return members(root.read, keys.slice(root.keysRead));
  }
  if (base.op === '[]') return members(compileElement(compiler, base.args[0], base.args[1]), keys);
  return members(compiler.optional(base), keys);
}

function keyOf(node: SyntaxNode): PathKey | undefined {
  if (node.op === '.') return { key: node.args[1], node, holder: node.args[0] };
  if (node.op !== '[]') return undefined;
  const [holder, index] = node.args;
  return index.op === 'value' && typeof index.args === 'string' ? { key: index.args, node, holder } : undefined;
}

function members(read: MaybeEvaluator, path: readonly PathKey[]): MaybeEvaluator {
  if (path.length === 0) return read;
  const keys = path.map(({ key }) => key);
  const absences = path.map(
    ({ key, holder }) =>
      () =>
        `\`${textOf(holder)}\` has no \`${key}\``,
  );
  return (run) => {
    let value = read(run);
    for (let index = 0; index < keys.length && value !== undefined; index += 1) {
      value = memberOf(run, value, keys[index]!);
      if (value === undefined) run.absence = absences[index]!;
    }
    return value;
  };
}

function compileElement(compiler: ExpressionCompiler, holder: SyntaxNode, index: SyntaxNode): MaybeEvaluator {
  const read = compiler.optional(holder);
  const indexOf = compiler.required(index);
  const absence = () => `\`${textOf(holder)}\` has no element \`${textOf(index)}\``;
  return (run) => {
    const value = read(run);
    if (value === undefined) return undefined;
    const element = elementOf(run, value, indexOf(run));
    if (element === undefined) run.absence = absence;
    return element;
  };
}
