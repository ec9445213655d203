import { textOf, type SyntaxNode } from './cel-syntax.ts';
import type { Evaluation, Evaluator, Failure, MaybeEvaluator } from './evaluation.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';
import { truth, truthOrFailure, valueOrNothing } from './lazy-operators.ts';
import { builtInNames } from './names.ts';
import { isMap, kindOf, type Value } from './value.ts';

type Call = Extract<SyntaxNode, { op: 'call' | 'rcall' }>;

/** What takes its arguments unevaluated. */
export const globalMacros = ['has', 'default'] as const;
export const listMacros = ['all', 'exists', 'exists_one', 'map', 'filter'] as const;
type ListMacro = (typeof listMacros)[number];

export function isMacro(node: Call): boolean {
  const names: readonly string[] = node.op === 'call' ? globalMacros : listMacros;
  return names.includes(node.args[0]);
}

export function compileMacro(compiler: ExpressionCompiler, node: Call): MaybeEvaluator {
  if (node.op === 'rcall') return compileListMacro(compiler, node);
  const [name, parts] = node.args;
  return name === 'has' ? compileHas(compiler, node, parts) : compileDefault(compiler, node, parts);
}

/** True when the last member exists, be it null; false when anything on the way to it is missing or null. */
function compileHas(compiler: ExpressionCompiler, node: SyntaxNode, parts: readonly SyntaxNode[]): MaybeEvaluator {
  const [reference] = parts;
  if (!reference || parts.length !== 1 || (reference.op !== '.' && reference.op !== '[]')) {
    return compiler.problem(node, '`has` takes one reference to a member', 'as in has(input.name)');
  }
  const read = compiler.optional(reference);
  return (run) => valueOrNothing(run, read) !== undefined;
}

function compileDefault(compiler: ExpressionCompiler, node: SyntaxNode, parts: readonly SyntaxNode[]): MaybeEvaluator {
  const [wanted, fallback] = parts;
  if (!wanted || !fallback || parts.length !== 2) {
    return compiler.problem(node, `\`default\` takes 2 arguments, not ${parts.length}`, 'as in default(input.name, "nobody")');
  }
  const read = compiler.optional(wanted);
  const otherwise = compiler.optional(fallback);
  return (run) => valueOrNothing(run, read) ?? otherwise(run);
}

function compileListMacro(compiler: ExpressionCompiler, node: Extract<SyntaxNode, { op: 'rcall' }>): MaybeEvaluator {
  const [name, receiver, parts] = node.args;
  const [variable, ...rest] = parts;
  const most = name === 'map' ? 2 : 1;
  const items = itemsOf(compiler.required(receiver), `\`${name}\` over \`${textOf(receiver)}\``);
  if (variable?.op !== 'id' || rest.length < 1 || rest.length > most) {
    const example = name === 'map' ? 'xs.map(x, x.name) or xs.map(x, x.ok, x.name)' : `xs.${name}(x, x.ok)`;
    return compiler.problem(node, `\`${name}\` takes the name of a variable and an expression of it`, `as in ${example}`);
  }
  if (builtInNames.has(variable.args)) {
    return compiler.problem(variable, `\`${variable.args}\` has its own meaning and cannot name an element`);
  }
  const { body, operations } = compiler.withVariable(variable.args, (place) => ({
    place,
    expressions: rest.map((one) => compiler.required(one)),
  }));
  const round: Round = { place: body.place, operations, predicate: body.expressions[0]!, transform: body.expressions[1] };
  const loop = loops[name as ListMacro];
  return (run) => loop(run, items(run), round);
}

/** What is done with each element. */
interface Round {
  readonly place: number;
  readonly operations: number;
  readonly predicate: Evaluator;
  readonly transform: Evaluator | undefined;
}

const loops: Readonly<Record<ListMacro, (run: Evaluation, items: readonly Value[], round: Round) => Value>> = {
  all: (run, items, round) => quantify(run, items, round, false),
  exists: (run, items, round) => quantify(run, items, round, true),
  exists_one: (run, items, round) => items.filter((item) => holds(run, item, round)).length === 1,
  filter: (run, items, round) => items.filter((item) => holds(run, item, round)),
  map: (run, items, round) => {
    const { predicate, transform } = round;
    if (!transform) return items.map((item) => apply(run, item, round, predicate));
    const result: Value[] = [];
    for (const item of items) if (holds(run, item, round)) result.push(transform(run));
    return result;
  },
};

/** As CEL has it: one element that decides is enough, also where another one fails. */
function quantify(run: Evaluation, items: readonly Value[], round: Round, decisive: boolean): boolean {
  let failure: Failure | undefined;
  for (const item of items) {
    enter(run, item, round);
    const result = truthOrFailure(run, round.predicate, 'a condition');
    if (result === decisive) return decisive;
    if (typeof result !== 'boolean') failure ??= result;
  }
  if (failure) throw failure;
  return !decisive;
}

function holds(run: Evaluation, item: Value, round: Round): boolean {
  return truth(run, apply(run, item, round, round.predicate), 'a condition');
}

function apply(run: Evaluation, item: Value, round: Round, evaluate: Evaluator): Value {
  enter(run, item, round);
  return evaluate(run);
}

function enter(run: Evaluation, item: Value, { place, operations }: Round): void {
  run.spend(operations);
  run.variables[place] = item;
}

/** A list's elements, or an object's keys. */
function itemsOf(receiver: Evaluator, user: string): (run: Evaluation) => readonly Value[] {
  return (run) => {
    const value = run.open(receiver(run));
    if (Array.isArray(value)) return value;
    if (isMap(value)) return Object.keys(value);
    throw run.fail(`${user} takes a list or an object, not ${kindOf(value)}`);
  };
}
