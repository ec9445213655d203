import { compileExpression } from '../expression/compile-expression.ts';
import { compileTemplate } from '../expression/compile-template.ts';
import type { DefinitionScope } from './definition-scopes.ts';
import type { ExpressionPlace, ExpressionSites } from './expression-sites.ts';

/** For definitions that were accepted: what does not compile now throws. */
export function throwingSites(scope: DefinitionScope): ExpressionSites {
  const nodeIds = visibleIds(scope);
  const options = ({ locals = [], secrets = 'refused' }: ExpressionPlace) => ({
    nodeIds,
    locals: [...scope.locals, ...locals],
    secrets,
  });
  return {
    expression: (source, place) => compileExpression(source, options(place)),
    template: (value, place) => compileTemplate(value, options(place)),
  };
}

/** Ids of the scope and of those around it. */
function visibleIds(scope: DefinitionScope | undefined): Set<string> {
  const ids = new Set<string>();
  for (let at = scope; at; at = at.outer?.scope) for (const { id } of at.nodes) if (id !== null) ids.add(id);
  return ids;
}
