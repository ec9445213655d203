import type { Json } from '@jetsaga/contracts';
import type { SyntaxNode } from './cel-syntax.ts';
import { compileTree, parseSource, placed, type CompiledExpression } from './compile-expression.ts';
import type { Evaluation } from './evaluation.ts';
import { expressionLimits } from './expression-limits.ts';
import type { ExpressionOptions } from './expression-options.ts';
import type { ExpressionProblem } from './expression-syntax-error.ts';
import type { Reference } from './expression.ts';
import { payForSize, rendered } from './rendering.ts';
import { splitTemplate, type TemplatePart } from './template-parts.ts';

type SlotPart = string | { readonly secret: string };

/** A text with `{{ … }}` in it, compiled. */
export interface TemplateText {
  readonly references: readonly Reference[];
  readonly expressions: number;
  readonly hasSecrets: boolean;
  /** A text that is one `{{ … }}` gives its value; any other one gives text. Secrets are redacted. */
  evaluate(run: Evaluation): Json;
  /** The pieces around the secrets as text, and the secrets by name. */
  slotParts(run: Evaluation): SlotPart[];
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'expression'; readonly expression: CompiledExpression };

export type CompiledText =
  { readonly ok: true; readonly text: TemplateText } | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

export function compileTemplateText(value: string, pointer: string, options: ExpressionOptions): CompiledText {
  const split = splitTemplate(value);
  if (!split.ok) {
    const { message, expression } = split;
    const hint = 'a literal {{ is written {{{{';
    return { ok: false, problems: [{ code: 'INVALID_EXPRESSION', pointer, expression, message, hint }] };
  }
  const problems: ExpressionProblem[] = [];
  const pieces = split.parts.map((part) => compilePart(part, pointer, options, problems));
  if (problems.length > 0) return { ok: false, problems };
  const single = onlyPiece(pieces);
  return {
    ok: true,
    text: {
      references: pieces.flatMap(referencesOf),
      expressions: pieces.filter(({ kind }) => kind === 'expression').length,
      hasSecrets: pieces.some(({ kind }) => kind === 'secret'),
      evaluate: single ? (run) => valueOf(run, single) : (run) => textOf(run, pieces),
      slotParts: (run) => slotParts(run, single ? [single] : pieces),
    },
  };
}

const nothing: Piece = { kind: 'text', text: '' };

function compilePart(part: TemplatePart, pointer: string, options: ExpressionOptions, problems: ExpressionProblem[]): Piece {
  if (part.kind === 'text') return part;
  if (problems.length >= expressionLimits.problems) return nothing;
  const { source } = part;
  const parsed = parseSource(source, options);
  if (parsed.ok && options.secrets === 'allowed') {
    const name = secretName(parsed.value);
    if (name !== undefined) return { kind: 'secret', name };
  }
  const compiled = parsed.ok ? compileTree(source, parsed.value, options) : parsed;
  if (compiled.ok) return { kind: 'expression', expression: compiled.value };
  problems.push(...placed(compiled.problems, source, pointer));
  return nothing;
}

/** `secrets.NAME` or `secrets["NAME"]`, and nothing else. */
function secretName(tree: SyntaxNode): string | undefined {
  if (tree.op !== '.' && tree.op !== '[]') return undefined;
  const [holder, member] = tree.args;
  if (holder.op !== 'id' || holder.args !== 'secrets') return undefined;
  if (typeof member === 'string') return member;
  return member.op === 'value' && typeof member.args === 'string' ? member.args : undefined;
}

/** The piece that a text consists of, but for blanks around it. */
function onlyPiece(pieces: readonly Piece[]): Piece | undefined {
  const [piece, another] = pieces.filter((one) => one.kind !== 'text' || one.text.trim() !== '');
  return another === undefined && piece?.kind !== 'text' ? piece : undefined;
}

function referencesOf(piece: Piece): readonly Reference[] {
  switch (piece.kind) {
    case 'text':
      return [];
    case 'secret':
      return [{ kind: 'secret', name: piece.name }];
    case 'expression':
      return piece.expression.references;
  }
}

function valueOf(run: Evaluation, piece: Piece): Json {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'secret':
      return `[secret ${piece.name}]`;
    case 'expression': {
      const { source, evaluateIn } = piece.expression;
      run.source = source;
      const value = evaluateIn(run);
      if (run.mayRepeat) payForSize(run, value);
      return value;
    }
  }
}

function textOf(run: Evaluation, pieces: readonly Piece[]): string {
  return pieces.reduce((text, piece) => extended(run, text, rendered(run, valueOf(run, piece))), '');
}

function extended(run: Evaluation, text: string, more: string): string {
  run.makeText(more.length);
  return text + more;
}

function slotParts(run: Evaluation, pieces: readonly Piece[]): SlotPart[] {
  return pieces.map((piece) => (piece.kind === 'secret' ? { secret: piece.name } : rendered(run, valueOf(run, piece))));
}
