import type { Json, JsonObject } from '@jetsaga/contracts';
import { canonicalJson } from './canonical-json.ts';
import { isObject } from './subschemas.ts';

/** `before` is absent for what was added, `after` for what was removed. */
export interface FieldDiff {
  /** Levels joined by dots; lists are compared as a whole. */
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

export interface NodeDiff {
  /** The ids of the nodes around it, and its own, joined by slashes. */
  readonly path: string;
  readonly fields: readonly FieldDiff[];
}

export interface NodeOfOneSide {
  readonly path: string;
  readonly node: JsonObject;
}

export interface DefinitionDiff {
  /** Of the definition itself, its nodes aside. */
  readonly fields: readonly FieldDiff[];
  readonly nodes: {
    readonly added: readonly NodeOfOneSide[];
    readonly removed: readonly NodeOfOneSide[];
    readonly changed: readonly NodeDiff[];
  };
}

/** What is different between two definitions, node by node. The order of keys, and that of the nodes, says nothing. */
export function diffDefinitions(before: Json, after: Json): DefinitionDiff {
  const [left, right] = [takeApart(before), takeApart(after)];
  const onlyIn = (one: Parts, other: Parts) =>
    [...one.nodes].filter(([path]) => !other.nodes.has(path)).map(([path, node]) => ({ path, node }));
  const changed = [...right.nodes].flatMap(([path, node]) => {
    const old = left.nodes.get(path);
    const fields = old === undefined ? [] : diffObjects(old, node);
    return fields.length === 0 ? [] : [{ path, fields }];
  });
  return {
    fields: diffObjects(left.rest, right.rest),
    nodes: { added: onlyIn(right, left), removed: onlyIn(left, right), changed },
  };
}

interface Parts {
  readonly rest: JsonObject;
  /** By path, without the nodes inside them. */
  readonly nodes: ReadonlyMap<string, JsonObject>;
}

function takeApart(document: Json): Parts {
  if (!isObject(document)) return { rest: {}, nodes: new Map() };
  const { dag, ...rest } = document;
  const nodes = new Map<string, JsonObject>();
  gather(isObject(dag) ? dag.nodes : undefined, '', nodes);
  return { rest, nodes };
}

function gather(list: Json | undefined, around: string, found: Map<string, JsonObject>): void {
  if (!Array.isArray(list)) return;
  for (const item of list) {
    if (!isObject(item)) continue;
    const { id, nodes, ...fields } = item;
    const path = `${around}${String(id)}`;
    found.set(path, fields);
    gather(nodes, `${path}/`, found);
  }
}

/** Fields in the order of what is there now, then those that are gone. */
function diffObjects(before: JsonObject, after: JsonObject, prefix = ''): FieldDiff[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].flatMap((name): FieldDiff[] => {
    const field = `${prefix}${name}`;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (old === undefined) return now === undefined ? [] : [{ field, after: now }];
    if (now === undefined) return [{ field, before: old }];
    if (isObject(old) && isObject(now)) return diffObjects(old, now, `${field}.`);
    return canonicalJson(old) === canonicalJson(now) ? [] : [{ field, before: old, after: now }];
  });
}
