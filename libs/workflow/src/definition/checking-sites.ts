import type { Json } from '@jetsaga/contracts';
import { compileExpression } from '../expression/compile-expression.ts';
import { compileTemplate } from '../expression/compile-template.ts';
import type { Expression, Reference, Template } from '../expression/expression.ts';
import { ExpressionSyntaxError, type ExpressionProblem } from '../expression/expression-syntax-error.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';
import type { Ancestors } from './graph.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

const inBraces = /^\s*\{\{.*\}\}\s*$/s;
/** A step that is read, and is not there. */
const stepRead = /^(?:nodes\[["']([^"']*)["']\]|([A-Za-z_]\w*)\.(?:output|branch|error|attempt)\b)/;
const bracesHint = 'this is CEL as it stands: leave out the braces';

/**
 * Reports what does not compile, and what reads a step that is not upstream. What it hands out is for its references: it
 * cannot be evaluated.
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
    return new Checked(source, this.reachable(compiled?.references ?? [], place));
  }

  /** Text by text: so a problem is found where it is, and a hopeless template does not take for ever. */
  template(value: Json, place: ExpressionPlace): Template {
    if (typeof value === 'string') {
      const compiled = this.compiled(place, () => compileTemplate(value, this.options(place)));
      return new Checked(value, this.reachable(compiled?.references ?? [], place));
    }
    if (typeof value !== 'object' || value === null) return new Checked('', []);
    const parts = Object.entries(value).map(([name, inner]) =>
      this.template(inner, { ...place, pointer: jsonPointer(place.pointer, name) }),
    );
    return new Checked(
      '',
      parts.flatMap(({ references }) => references),
    );
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
      for (const problem of error.problems) this.report(problem, place);
      return undefined;
    }
  }

  private report({ code, pointer, message, hint, expression, offset }: ExpressionProblem, place: ExpressionPlace): void {
    const step = hint?.startsWith('write ') ? null : stepRead.exec(expression.slice(offset));
    const meant = () => hint ?? didYouMean(step?.[1] ?? step?.[2] ?? '', this.nodeIds);
    this.problems.add(code === 'INVALID_EXPRESSION' && step ? 'UNREACHABLE_REFERENCE' : code, place.pointer + pointer, message, {
      hint: inBraces.test(expression) ? bracesHint : meant,
    });
  }

  private reachable(references: readonly Reference[], place: ExpressionPlace): readonly Reference[] {
    for (const reference of references) {
      const fault = this.fault(reference, place);
      if (fault) this.problems.add('UNREACHABLE_REFERENCE', place.pointer, fault.message, { hint: fault.hint });
    }
    return references;
  }

  /** Why something cannot be read from here; undefined when it can. */
  private fault(reference: Reference, { reader, missing }: ExpressionPlace): Fault | undefined {
    if (reference.kind === 'name' && missing?.some((name) => name === reference.name)) {
      return {
        message: `\`${reference.name}\` cannot be read here: the execution has not started yet`,
        hint: missing.includes('input') ? 'read `event`' : 'read `input`',
      };
    }
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

/** What checking is about: the references. Only a plan's expressions can be evaluated. */
class Checked implements Expression, Template {
  readonly constant = false;

  constructor(
    readonly source: string,
    readonly references: readonly Reference[],
  ) {}

  evaluate(): never {
    throw new Error('an expression that is only checked cannot be evaluated');
  }

  secretSlots(): never {
    return this.evaluate();
  }
}
