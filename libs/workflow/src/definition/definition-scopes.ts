import type { Json } from '@jetsaga/contracts';
import { nodesAt, type DefinitionNode, type Misshapen } from './definition-nodes.ts';
import { jsonPointer } from './json-pointer.ts';
import { isObject } from './subschemas.ts';

/** A DAG as it is written: the root, or the body of a `group` or `map`. */
export interface DefinitionScope {
  readonly nodes: readonly DefinitionNode[];
  /** Where it stands; null for the root. */
  readonly outer: { readonly scope: DefinitionScope; readonly owner: DefinitionNode } | null;
  /** Names that the maps around it bind. */
  readonly locals: readonly string[];
}

/** All of them, each before those inside it, in the order of the document. */
export function definitionScopes(document: Json, misshapen: Misshapen = new Set()): DefinitionScope[] {
  const dag = isObject(document) ? document.dag : undefined;
  const nodes = nodesAt(isObject(dag) ? dag.nodes : undefined, '/dag/nodes', misshapen);
  const root: DefinitionScope = { nodes, outer: null, locals: [] };
  return [root, ...scopesWithin(root, misshapen)];
}

function scopesWithin(scope: DefinitionScope, misshapen: Misshapen): DefinitionScope[] {
  return scope.nodes.flatMap((owner) => {
    if (!hasScope(owner)) return [];
    const nodes = nodesAt(owner.body, jsonPointer(owner.pointer, 'nodes'), misshapen);
    const own = owner.handler === 'map' ? localNames(owner) : [];
    const inner: DefinitionScope = { nodes, outer: { scope, owner }, locals: [...new Set([...scope.locals, ...own])] };
    return [inner, ...scopesWithin(inner, misshapen)];
  });
}

/** Whether the node has a DAG of its own. */
export function hasScope({ handler }: DefinitionNode): boolean {
  return handler === 'group' || handler === 'map';
}

/** What a map calls the item, its index and the list of them. */
export function localNames({ fields: { itemName, indexName } }: DefinitionNode): readonly [string, string, string] {
  return [itemName ?? 'item', indexName ?? 'index', 'items'];
}
