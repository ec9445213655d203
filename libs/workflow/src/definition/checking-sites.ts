import type { Json } from '@jetsaga/contracts';
import { compileExpression } from '../expression/compile-expression.ts';
import { compileTemplate } from '../expression/compile-template.ts';
import type { Expression, Reference, Template } from '../expression/expression.ts';
import { ExpressionSyntaxError } from '../expression/expression-syntax-error.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';
import type { Ancestors } from './graph.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

const inBraces = /^\s*\{\{.*\}\}\s*$/s;
const bracesHint = 'this is CEL as it stands: leave out the braces';

/**
 * Reports what does not compile, and what reads a step that is not upstream. What it hands out instead of an expression
 * that does not compile cannot be evaluated.
 */
export class CheckingSites implements ExpressionSites {
  private readonly nodeIds: ReadonlySet<string>;

  constructor(
    private readonly nodes: readonly DefinitionNode[],
    private readonly numbers: ReadonlyMap<string, number>,
    private readonly ancestors: Ancestors,
    private readonly problems: ProblemList,
  ) {
    this.nodeIds = new Set(numbers.keys());
  }

  expression(source: string, place: ExpressionPlace): Expression {
    const compiled = this.compiled(place, () => compileExpression(source, this.options(place)));
    if (compiled === undefined) return new Broken(source);
    for (const reference of compiled.references) this.checkReference(reference, place);
    return compiled;
  }

  template(value: Json, place: ExpressionPlace): Template {
    const compiled = this.compiled(place, () => compileTemplate(value, this.options(place)));
    if (!compiled || compiled.references.some((reference) => this.fault(reference, place) !== undefined)) {
      this.checkInside(value, place);
    }
    return compiled ?? new Broken('');
  }

  /** Looks at each text of a template by itself: which one holds the reference, and what else is wrong beside one that is broken. */
  private checkInside(value: Json, place: ExpressionPlace): void {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        this.checkInside(inner, { ...place, pointer: jsonPointer(place.pointer, name) });
      }
    } else if (typeof value === 'string') {
      const compiled = this.compiled(place, () => compileTemplate(value, this.options(place)));
      for (const reference of compiled?.references ?? []) this.checkReference(reference, place);
    }
  }

  /** The nodes that a template reads; it is checked like the others. */
  readBy(value: Json, place: ExpressionPlace): Set<number> {
    const { references } = this.template(value, place);
    return new Set(references.flatMap((one) => (one.kind === 'node' ? [this.numbers.get(one.id) ?? -1] : [])));
  }

  private options({ locals, secrets }: ExpressionPlace) {
    return { nodeIds: this.nodeIds, locals: locals ?? [], secrets: secrets ?? ('refused' as const) };
  }

  private compiled<T>(place: ExpressionPlace, compile: () => T): T | undefined {
    if (this.problems.isFull) return undefined;
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof ExpressionSyntaxError)) throw error;
      for (const { pointer, code, message, hint, expression } of error.problems) {
        this.problems.add(code, place.pointer + pointer, message, { hint: inBraces.test(expression) ? bracesHint : hint });
      }
      return undefined;
    }
  }

  private checkReference(reference: Reference, place: ExpressionPlace): void {
    const fault = this.fault(reference, place);
    if (fault) this.problems.add('UNREACHABLE_REFERENCE', place.pointer, fault.message, { hint: fault.hint });
  }

  /** Why a step cannot be read from here; undefined when it can. */
  private fault(reference: Reference, { reader }: ExpressionPlace): Fault | undefined {
    if (reference.kind !== 'node') return undefined;
    const { id } = reference;
    const number = this.numbers.get(id);
    if (number === undefined) return { message: `there is no node \`${id}\``, hint: () => didYouMean(id, this.nodeIds) };
    if (reader === 'end') return undefined;
    if (reader === 'start') return { message: `\`${id}\` cannot be read here: no step has run yet` };
    const name = this.nodes[reader]!.id;
    if (name === id)
      return { message: `\`${id}\` cannot read its own step`, hint: 'in `output`, its result is bound to `result`' };
    if (this.ancestors.isUpstream(reader, number) !== false) return undefined;
    const hint = `list \`${id}\` in its dependencies, or in those of a node before it`;
    return { message: `\`${id}\` is not upstream of \`${name}\``, hint };
  }
}

interface Fault {
  readonly message: string;
  readonly hint?: string | (() => string | undefined);
}

class Broken implements Expression, Template {
  readonly references = [];
  readonly constant = false;

  constructor(readonly source: string) {}

  evaluate(): never {
    throw new Error(`this does not compile: ${this.source}`);
  }

  secretSlots(): never {
    return this.evaluate();
  }
}
