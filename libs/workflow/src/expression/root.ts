import { didYouMean } from '../definition/suggestion.ts';
import type { SyntaxNode } from './cel-syntax.ts';
import type { MaybeEvaluator } from './evaluation.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import type { NodeView, Reference } from './expression.ts';
import { isPlainId, nameHint, nodeName } from './names.ts';
import type { PathKey } from './path.ts';
import { setMember, type Value, type ValueMap } from './value.ts';

/** The name that a path begins with, and as many of its keys as belong to that. */
export interface Root {
  readonly read: MaybeEvaluator;
  readonly keysRead: number;
}

type NameNode = Extract<SyntaxNode, { op: 'id' }>;

export function compileRoot(compiler: ExpressionCompiler, node: NameNode, keys: readonly PathKey[]): Root {
  const name = node.args;
  const { nodeIds, locals = [] } = compiler.options;
  const place = compiler.placeOf(name);
  if (place >= 0) return { read: (run) => run.variables[place], keysRead: 0 };
  switch (name) {
    case 'input':
      compiler.refer({ kind: 'name', name });
      return { read: (run) => run.bindings.input, keysRead: 0 };
    case 'execution':
      compiler.refer({ kind: 'name', name });
      return { read: (run) => run.bindings.execution, keysRead: 0 };
    case 'nodes':
      return nodesRoot(compiler, node, keys);
    case 'secrets':
      return secretRoot(compiler, node, keys);
  }
  if (locals.includes(name)) return localRoot(compiler, name);
  if (nodeIds.has(name) && isPlainId(name)) return stepRoot(compiler, name, keys, 0);
  const hint = nodeIds.has(name) ? `write ${nodeName(name)}` : () => nameHint(name, node.input, node.pos, nodeIds, locals);
  return { read: compiler.problem(node, `nothing is called \`${name}\` here`, hint), keysRead: keys.length };
}

function localRoot(compiler: ExpressionCompiler, name: string): Root {
  compiler.refer({ kind: 'name', name });
  return {
    read: (run) => (Object.hasOwn(run.bindings.locals, name) ? run.bindings.locals[name] : undefined),
    keysRead: 0,
  };
}

function nodesRoot(compiler: ExpressionCompiler, node: NameNode, keys: readonly PathKey[]): Root {
  const { nodeIds } = compiler.options;
  const first = keys[0];
  if (!first)
    return {
      read: compiler.problem(
        node,
        '`nodes` by itself is nothing',
        'a step is named by text in quotes, so that it can be checked: nodes["fetch-data"].output',
      ),
      keysRead: 0,
    };
  if (nodeIds.has(first.key)) return stepRoot(compiler, first.key, keys, 1);
  const read = compiler.problem(node, `there is no node \`${first.key}\` to be read here`, () => didYouMean(first.key, nodeIds));
  return { read, keysRead: keys.length };
}

function secretRoot(compiler: ExpressionCompiler, node: NameNode, keys: readonly PathKey[]): Root {
  const name = keys[0]?.key ?? 'NAME';
  const read =
    compiler.options.secrets === 'allowed'
      ? compiler.problem(
          node,
          'a secret cannot be computed with',
          `it stands by itself, also inside longer text: {{ secrets.${name} }}`,
          'SECRET_NOT_ALLOWED',
        )
      : compiler.problem(
          node,
          'secrets cannot be read here',
          'they can in the `config` of a node that a worker runs',
          'SECRET_NOT_ALLOWED',
        );
  return { read, keysRead: keys.length };
}

const members = ['output', 'branch', 'error', 'attempt'] as const;
type Member = (typeof members)[number];

function stepRoot(compiler: ExpressionCompiler, id: string, keys: readonly PathKey[], at: number): Root {
  const key = keys[at];
  const member = members.find((one) => one === key?.key);
  const reference: Reference = { kind: 'node', id, member: member ?? null };
  compiler.refer(reference);
  if (!key) return { read: (run) => wholeView(run.bindings.node(id)), keysRead: at };
  if (!member) {
    const hint = didYouMean(key.key, members) ?? `write ${nodeName(id)}.output.${key.key}`;
    const message = `a step has ${members.join(', ')}, and no \`${key.key}\``;
    return { read: compiler.problem(key.node, message, hint), keysRead: keys.length };
  }
  return { read: stepMember(id, member), keysRead: at + 1 };
}

function stepMember(id: string, member: Member): MaybeEvaluator {
  const absence = () => `the step \`${id}\` has no \`${member}\` by now`;
  return (run) => {
    const value = run.bindings.node(id)?.[member] as Value | undefined;
    if (value === undefined) run.absence = absence;
    return value;
  };
}

function wholeView(view: NodeView | undefined): Value | undefined {
  if (!view) return undefined;
  const result: ValueMap = {};
  for (const member of members) {
    const value = view[member] as Value | undefined;
    if (value !== undefined) setMember(result, member, value);
  }
  return result;
}
