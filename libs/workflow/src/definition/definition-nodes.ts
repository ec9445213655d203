import type { Json, JsonObject } from '@jetsaga/contracts';
import type { BranchText, DependencyDocument, NodeDocument } from './definition-document.ts';
import { jsonPointer } from './json-pointer.ts';
import type { EdgeCondition } from './plan.ts';
import { isObject } from './subschemas.ts';
import {
  triggerKind,
  type EntityTriggerDocument,
  type EventTriggerDocument,
  type ScheduleTriggerDocument,
  type WebhookTriggerDocument,
} from './trigger-documents.ts';

/** A dependency as it is written: `pointer` is where. */
export interface NodeDependency {
  readonly pointer: string;
  readonly node: string;
  /** `mixed`: a reserved word among other names. Null where its shape is wrong. */
  readonly on: EdgeCondition | 'mixed' | null;
  /** How `on` is written. */
  readonly written: 'plain' | 'single' | 'list';
}

/** A node as far as it can be made out: of what has the wrong shape, nothing is left in `fields`. */
export interface DefinitionNode {
  readonly index: number;
  readonly pointer: string;
  readonly id: string | null;
  readonly handler: string | null;
  readonly dependencies: readonly NodeDependency[];
  readonly fields: Partial<NodeDocument>;
  /** What stands in `nodes`: the body of a `group` or `map`. */
  readonly body: Json | undefined;
}

/** Pointers at which, or beneath which, the shape is wrong. */
export type Misshapen = ReadonlySet<string>;

/** The nodes of one scope, in the order of the document; what is no object is a node of which nothing is known. */
export function nodesAt(nodes: Json | undefined, pointer: string, misshapen: Misshapen): DefinitionNode[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.map((node, index) => definitionNode(isObject(node) ? node : {}, index, jsonPointer(pointer, index), misshapen));
}

function definitionNode(node: JsonObject, index: number, pointer: string, misshapen: Misshapen): DefinitionNode {
  return {
    index,
    pointer,
    id: typeof node.id === 'string' || typeof node.id === 'number' ? String(node.id) : null,
    handler: typeof node.handler === 'string' ? node.handler : null,
    dependencies: dependenciesOf(node.dependencies, jsonPointer(pointer, 'dependencies'), misshapen),
    fields: wellShaped(node, pointer, misshapen) as Partial<NodeDocument>,
    body: node.nodes,
  };
}

function dependenciesOf(dependencies: Json | undefined, pointer: string, misshapen: Misshapen): NodeDependency[] {
  if (!Array.isArray(dependencies)) return [];
  return dependencies.flatMap((dependency, index) => {
    const at = jsonPointer(pointer, index);
    if (misshapen.has(at) && !(isObject(dependency) && typeof dependency.node === 'string')) return [];
    const read = dependency as Exclude<DependencyDocument, null>;
    if (typeof read === 'string') return [{ pointer: at, node: read, on: { kind: 'success' }, written: 'plain' }];
    const on = misshapen.has(jsonPointer(at, 'on')) ? null : edgeCondition(read.on);
    const written = read.on === undefined ? 'plain' : Array.isArray(read.on) ? 'list' : 'single';
    return [{ pointer: at, node: read.node, on, written }];
  });
}

function edgeCondition(on: BranchText | readonly BranchText[] | undefined): EdgeCondition | 'mixed' {
  if (on === undefined) return { kind: 'success' };
  const names = [on].flat().map(String);
  const [only] = names;
  if (names.length === 1 && (only === 'success' || only === 'failure' || only === 'always')) return { kind: only };
  if (names.some((name) => name === 'success' || name === 'failure' || name === 'always')) return 'mixed';
  return { kind: 'branches', branches: names };
}

/** A trigger as far as it can be made out. */
export type DefinitionTrigger = { readonly pointer: string } & (
  | { readonly kind: 'event'; readonly fields: Partial<EventTriggerDocument> }
  | { readonly kind: 'entity'; readonly fields: Partial<EntityTriggerDocument> }
  | { readonly kind: 'schedule'; readonly fields: Partial<ScheduleTriggerDocument> }
  | { readonly kind: 'webhook'; readonly fields: Partial<WebhookTriggerDocument> }
);

export function definitionTriggers(document: Json, misshapen: Misshapen = new Set()): DefinitionTrigger[] {
  const triggers = isObject(document) ? document.triggers : undefined;
  if (!Array.isArray(triggers)) return [];
  return triggers.flatMap((trigger, index) => {
    const pointer = jsonPointer('/triggers', index);
    if (!isObject(trigger)) return [];
    return [{ pointer, kind: triggerKind(trigger), fields: wellShaped(trigger, pointer, misshapen) } as DefinitionTrigger];
  });
}

/** The fields of an object that have their right shape. */
export function wellShaped(object: JsonObject, pointer: string, misshapen: Misshapen): JsonObject {
  if (!misshapen.has(pointer)) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !misshapen.has(jsonPointer(pointer, name))));
}
