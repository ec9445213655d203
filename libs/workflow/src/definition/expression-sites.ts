import type { Json } from '@jetsaga/contracts';
import type { Expression, Template } from '../expression/expression.ts';

/** Where in a definition an expression stands, and so what it may read. */
export interface ExpressionPlace {
  readonly pointer: string;
  /** The node that evaluates it, by its place in the document; `end` sees all nodes, `start` none. */
  readonly reader: number | 'start' | 'end';
  /** The reader's own step has completed, and may be read as well. */
  readonly ownOutput?: boolean;
  readonly locals?: readonly string[];
  /** Names that every expression has, and this one has not yet. */
  readonly missing?: readonly ('input' | 'execution')[];
  readonly secrets?: 'allowed' | 'refused';
}

/** A place inside a node's configuration. */
export type PlaceOf = (...path: (string | number)[]) => ExpressionPlace;

/**
 * Compiles the expressions of a definition. One implementation reports what is wrong and goes on, the other one
 * throws: so what is checked and what is run are found by the same code.
 */
export interface ExpressionSites {
  expression(source: string, place: ExpressionPlace): Expression;
  template(value: Json, place: ExpressionPlace): Template;
}
