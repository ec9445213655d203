import { compileExpression } from '../expression/compile-expression.ts';
import { compileTemplate } from '../expression/compile-template.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';

/** For definitions that were accepted: what does not compile now throws. */
export function throwingSites(nodes: readonly DefinitionNode[]): ExpressionSites {
  const nodeIds = new Set(nodes.flatMap(({ id }) => (id === null ? [] : [id])));
  const options = ({ locals, secrets }: ExpressionPlace) => ({ nodeIds, locals: locals ?? [], secrets: secrets ?? 'refused' });
  return {
    expression: (source, place) => compileExpression(source, options(place)),
    template: (value, place) => compileTemplate(value, options(place)),
  };
}
