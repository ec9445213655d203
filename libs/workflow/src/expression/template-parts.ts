/** A piece of a text with `{{ … }}` in it. */
export type TemplatePart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly source: string };

export type SplitTemplate =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  | { readonly ok: false; readonly message: string; readonly expression: string };

/** Takes a text apart. `{{{{` is a literal `{{`; braces of maps and in quotes do not end an expression. */
export function splitTemplate(text: string): SplitTemplate {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    literal += text.slice(at, open);
    if (text.startsWith('{{{{', open)) {
      literal += '{{';
      at = open + 4;
      continue;
    }
    const end = endOfExpression(text, open + 2);
    if (typeof end !== 'number') return { ok: false, message: end.message, expression: text.slice(open) };
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push({ kind: 'expression', source: text.slice(open + 2, end).trim() });
    at = end + 2;
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return { ok: true, parts };
}

/** Where the `}}` is that ends the expression beginning at `start`. */
function endOfExpression(text: string, start: number): number | { readonly message: string } {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const end = endOfQuoted(text, at, character);
      if (end === undefined) return { message: `the ${character} in \`{{\` is not closed` };
      at = end;
    } else if (character === '/' && text[at + 1] === '/') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (character === '}' && depth === 0 && text[at + 1] === '}') {
      return at;
    } else {
      if (character === '{') depth += 1;
      if (character === '}' && depth > 0) depth -= 1;
      at += 1;
    }
  }
  return { message: '`{{` is not closed by `}}`' };
}

/** The place behind a CEL text in quotes, single or triple. */
function endOfQuoted(text: string, start: number, quote: string): number | undefined {
  const triple = quote.repeat(3);
  const isTriple = text.startsWith(triple, start);
  const closing = isTriple ? triple : quote;
  let at = start + closing.length;
  while (at < text.length) {
    if (text.startsWith(closing, at)) return at + closing.length;
    if (!isTriple && (text[at] === '\n' || text[at] === '\r')) return undefined;
    at += text[at] === '\\' ? 2 : 1;
  }
  return undefined;
}
