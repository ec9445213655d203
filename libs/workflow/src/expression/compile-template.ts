import type { Json } from '@jetsaga/contracts';
import { jsonPointer } from '../definition/json-pointer.ts';
import { Evaluation } from './evaluation.ts';
import type { ExpressionOptions } from './expression-options.ts';
import { ExpressionSyntaxError, type ExpressionProblem } from './expression-syntax-error.ts';
import type { Bindings, Reference, Template } from './expression.ts';
import { compileTemplateText, type TemplateText } from './template-text.ts';
import { setMember } from './value.ts';

/** What is reported of one value; nobody reads more. */
const mostProblems = 1_000;

type Evaluate = (run: Evaluation) => Json;

/**
 * Compiles the `{{ … }}` in a JSON value's strings, wherever they are; keys are literal. Throws ExpressionSyntaxError
 * with all that is wrong.
 */
export function compileTemplate(value: Json, options: ExpressionOptions): Template {
  const walk = new TemplateWalk(options);
  const evaluate = walk.value(value, '');
  const [problem, ...rest] = walk.problems;
  if (problem) throw new ExpressionSyntaxError([problem, ...rest]);
  const references = [...walk.references.values()];
  const { secretTexts, expressions } = walk;
  const begin = (bindings: Bindings) => new Evaluation(bindings, '', expressions > 1);
  return {
    references,
    constant: references.length === 0,
    evaluate: evaluate ? (bindings) => begin(bindings).toEnd(evaluate) : () => value,
    secretSlots: (bindings) => {
      if (secretTexts.length === 0) return [];
      return begin(bindings).toEnd((run) => secretTexts.map(({ pointer, text }) => ({ pointer, parts: text.slotParts(run) })));
    },
  };
}

class TemplateWalk {
  readonly problems: ExpressionProblem[] = [];
  readonly references = new Map<string, Reference>();
  readonly secretTexts: { readonly pointer: string; readonly text: TemplateText }[] = [];
  expressions = 0;
  private readonly options: ExpressionOptions;

  constructor(options: ExpressionOptions) {
    this.options = options;
  }

  /** Undefined: there is no template in it, it is what it is. */
  value(value: Json, pointer: string): Evaluate | undefined {
    if (typeof value === 'string') return this.text(value, pointer);
    if (typeof value !== 'object' || value === null) return undefined;
    return Array.isArray(value) ? this.list(value, pointer) : this.object(value, pointer);
  }

  private text(value: string, pointer: string): Evaluate | undefined {
    if (!value.includes('{{') || this.problems.length >= mostProblems) return undefined;
    const compiled = compileTemplateText(value, pointer, this.options);
    if (!compiled.ok) {
      this.problems.push(...compiled.problems);
      return undefined;
    }
    const { text } = compiled;
    for (const reference of text.references) this.references.set(JSON.stringify(Object.values(reference)), reference);
    this.expressions += text.expressions;
    if (text.hasSecrets) this.secretTexts.push({ pointer, text });
    return text.evaluate;
  }

  private list(items: readonly Json[], pointer: string): Evaluate | undefined {
    const parts = items.map((item, index) => [item, this.value(item, jsonPointer(pointer, index))] as const);
    if (parts.every(([, evaluate]) => evaluate === undefined)) return undefined;
    return (run) => parts.map(([item, evaluate]) => (evaluate ? evaluate(run) : item));
  }

  private object(object: { readonly [key: string]: Json }, pointer: string): Evaluate | undefined {
    const parts = Object.entries(object).map(
      ([key, member]) => [key, member, this.value(member, jsonPointer(pointer, key))] as const,
    );
    if (parts.every(([, , evaluate]) => evaluate === undefined)) return undefined;
    return (run) => {
      const result: { [key: string]: Json } = {};
      for (const [key, member, evaluate] of parts) setMember(result, key, evaluate ? evaluate(run) : member);
      return result;
    };
  }
}
