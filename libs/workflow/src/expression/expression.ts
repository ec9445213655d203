import type { ClaimCheck, ErrorShape, Json } from '@jetsaga/contracts';

/** What an expression can see of a step. */
export interface NodeView {
  readonly output?: Json;
  readonly branch: string | null;
  readonly error?: ErrorShape;
  readonly attempt: number;
}

/** The values an expression is evaluated against. All of it is data; nothing of it is ever parsed for templates. */
export interface Bindings {
  readonly input: Json;
  /** A step that is visible from here and has completed or failed; undefined when there is nothing to see. */
  node(id: string): NodeView | undefined;
  readonly execution?: Json;
  /** `event`, `signal`, `result`, and in a map its item, index and items under their chosen names. */
  readonly locals: Readonly<Record<string, Json>>;
  /** The JSON behind a claim check whose inside is asked for; undefined when it has to be loaded first. */
  opened(reference: ClaimCheck): Json | undefined;
}

/** Something an expression reads, found without evaluating it. */
export type Reference =
  | { readonly kind: 'node'; readonly id: string; readonly member: 'output' | 'branch' | 'error' | 'attempt' | null }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string };

/** A CEL expression, compiled once. */
export interface Expression {
  readonly source: string;
  readonly references: readonly Reference[];
  /** Throws ExpressionFailure, or ClaimCheckNeeded. */
  evaluate(bindings: Bindings): Json;
}

/** A JSON value with `{{ … }}` anywhere in its strings, compiled once. */
export interface Template {
  readonly references: readonly Reference[];
  /** True when evaluating it gives the same value whatever the bindings. */
  readonly constant: boolean;
  /** Throws ExpressionFailure, or ClaimCheckNeeded. Secrets come out as redacted text; see `secretSlots`. */
  evaluate(bindings: Bindings): Json;
  /** Where secrets go, with the text around them; evaluated like the rest. */
  secretSlots(
    bindings: Bindings,
  ): readonly { readonly pointer: string; readonly parts: readonly (string | { readonly secret: string })[] }[];
}

export class ExpressionFailure extends Error {
  override readonly name = 'ExpressionFailure';
  readonly code: 'EXPRESSION_FAILED' | 'UNRESOLVED_REFERENCE';
  readonly expression: string;

  constructor(code: 'EXPRESSION_FAILED' | 'UNRESOLVED_REFERENCE', expression: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.expression = expression;
  }
}

/** The expression looks inside a claim check: load it, and evaluate again. */
export class ClaimCheckNeeded extends Error {
  override readonly name = 'ClaimCheckNeeded';
  readonly reference: ClaimCheck;

  constructor(reference: ClaimCheck) {
    super(`the value behind ${reference.$ref} is needed`);
    this.reference = reference;
  }
}
