import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { expressionLimits } from './expression-limits.ts';

/*
 * The grammar is cel-js's. Its evaluator is not used: it has two number types, sees inherited members, and has no
 * budget; see expression-compiler.ts for ours.
 */

export type SyntaxNode = ASTNode;

const parser = new Environment({
  limits: {
    maxDepth: expressionLimits.nesting,
    maxAstNodes: expressionLimits.length,
    maxListElements: expressionLimits.length,
    maxMapEntries: expressionLimits.length,
  },
});

export interface SyntaxFault {
  readonly message: string;
  readonly offset?: number;
}

export type Parsed = { readonly ok: true; readonly tree: SyntaxNode } | { readonly ok: false; readonly fault: SyntaxFault };

export function parseCel(source: string): Parsed {
  if (source.trim() === '') return fault('an expression is missing');
  if (source.length > expressionLimits.length) return fault(`an expression has at most ${expressionLimits.length} characters`);
  try {
    return { ok: true, tree: parser.parse(source).ast };
  } catch (error) {
    if (error instanceof ParseError) return fault(inWords(error), error.range?.start);
    if (error instanceof RangeError) return fault('the expression is nested too deeply');
    throw error;
  }
}

function fault(message: string, offset?: number): Parsed {
  return { ok: false, fault: { message, ...(offset !== undefined && { offset }) } };
}

const tokens: Readonly<Record<string, string>> = {
  EOF: 'the end of the expression',
  NUMBER: 'a number',
  STRING: 'text in quotes',
  BOOLEAN: 'true or false',
  NULL: 'null',
  IDENTIFIER: 'a name',
  PLUS: '`+`',
  MINUS: '`-`',
  MULTIPLY: '`*`',
  DIVIDE: '`/`',
  MODULO: '`%`',
  EQ: '`==`',
  NE: '`!=`',
  LT: '`<`',
  LE: '`<=`',
  GT: '`>`',
  GE: '`>=`',
  AND: '`&&`',
  OR: '`||`',
  NOT: '`!`',
  IN: '`in`',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  LBRACE: '`{`',
  RBRACE: '`}`',
  DOT: '`.`',
  COMMA: '`,`',
  COLON: '`:`',
  QUESTION: '`?`',
  BYTES: 'bytes',
};

function inWords(error: ParseError): string {
  if (error.code === 'limit_exceeded') return 'the expression is nested too deeply or has too many parts';
  return error.summary
    .replace(/\b[A-Z]{2,}\b/g, (token) => tokens[token] ?? token)
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/** The piece of the expression that a node stands for. A node's range leaves out brackets around its beginning. */
export function textOf(node: SyntaxNode): string {
  const { input, end } = node;
  let { start } = node;
  let text = input.slice(start, end);
  while (count(text, ')') > count(text, '(') && start > 0) {
    start = Math.max(0, input.lastIndexOf('(', start - 1));
    text = input.slice(start, end);
  }
  return text.trim();
}

function count(text: string, bracket: string): number {
  return text.split(bracket).length - 1;
}
