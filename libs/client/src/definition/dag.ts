import type { Json, JsonObject } from '@jetsaga/contracts';
import type { BranchText } from './control-configs.ts';
import { handlerName, type HandlerReference } from './handler-value.ts';
import type {
  Compensation,
  ErrorBranch,
  GroupFields,
  KnownNodes,
  MapFields,
  NewId,
  NodeFields,
  RouterFields,
  WithBranches,
  WithNode,
} from './node-fields.ts';
import { plainObject } from './plain-json.ts';

type NoNodes = Record<never, never>;
type OnError = 'fail' | 'continue';

/** A body of a `group` or `map`, to be filled. */
export type Body = Dag<NoNodes, readonly JsonObject[]>;
/** A body with nodes of its own. */
export type FilledBody = Pick<Dag<KnownNodes, readonly JsonObject[]>, 'toJSON'>;

/**
 * Nodes in the making: of a whole definition, or of a scope in it. Immutable: each method gives a new one with one node more. What types can
 * say is checked as it is written (ids, branches, configurations of control nodes and of `defineHandler` values); the rest when the
 * definition is applied.
 */
export class Dag<Known extends KnownNodes, Whole extends Json | readonly Json[]> {
  private readonly finish: (nodes: readonly JsonObject[]) => Whole;
  private readonly nodes: readonly JsonObject[];

  constructor(finish: (nodes: readonly JsonObject[]) => Whole, nodes: readonly JsonObject[]) {
    this.finish = finish;
    this.nodes = nodes;
  }

  /** A node of any handler: a control node, the name of one that some worker offers, or a `defineHandler` value. */
  node<const Id extends string, const H extends HandlerReference, const E extends OnError = 'fail'>(
    id: Id & NewId<Known, Id>,
    handler: H,
    fields?: NodeFields<Known, H, E>,
  ): Dag<WithNode<Known, Id, H, E>, Whole> {
    return this.with(id, handlerName(handler), fields ?? {});
  }

  /** A `router` whose routes are known as branches. */
  router<
    const Id extends string,
    const To extends BranchText,
    const Default extends BranchText = never,
    const E extends OnError = 'fail',
  >(
    id: Id & NewId<Known, Id>,
    fields: RouterFields<Known, To, Default, E>,
  ): Dag<WithBranches<Known, Id, `${To | Default}` | ErrorBranch<E>>, Whole> {
    return this.with(id, 'router', fields);
  }

  /** A `group`: `fill` adds the nodes of its body, which depend on each other only. */
  group<const Id extends string, const E extends OnError = 'fail'>(
    id: Id & NewId<Known, Id>,
    fields: GroupFields<Known, E>,
    fill: (body: Body) => FilledBody,
  ): Dag<WithBranches<Known, Id, ErrorBranch<E>>, Whole> {
    return this.with(id, 'group', fields, fill);
  }

  /** A `map`: `fill` adds the nodes that run for each item. */
  map<const Id extends string, const E extends OnError = 'fail'>(
    id: Id & NewId<Known, Id>,
    fields: MapFields<Known, E>,
    fill: (body: Body) => FilledBody,
  ): Dag<WithBranches<Known, Id, ErrorBranch<E>>, Whole> {
    return this.with(id, 'map', fields, fill);
  }

  /** The same, where the compiler does not look at ids and branches any more: for nodes that are added in a loop. */
  untyped(): Dag<KnownNodes, Whole> {
    return new Dag(this.finish, this.nodes);
  }

  /** The document as it stands: plain data, a new copy each time. */
  toJSON(): Whole {
    return this.finish(structuredClone(this.nodes));
  }

  private with<More extends KnownNodes>(
    id: string,
    handler: string,
    fields: object & { readonly compensate?: Compensation },
    fill?: (body: Body) => FilledBody,
  ): Dag<More, Whole> {
    const { compensate, ...others } = fields;
    const undo = compensate && { compensate: { ...compensate, handler: handlerName(compensate.handler) } };
    const body = fill?.(new Dag((nodes) => nodes, [])).toJSON();
    const added = plainObject({ id, handler, ...others, ...undo, ...(body && { nodes: body }) }, `/${id}`);
    return new Dag(this.finish, [...this.nodes, added]);
  }
}
