import { parseDuration, type HandlerFacts, type Json } from '@jetsaga/contracts';
import { compileConditions, compileControlAction, compileMapExpressions, compileTaskConfig } from './compile-node.ts';
import { compileCompensation } from './compensation.ts';
import { compileIdempotencyKey, compileTriggers } from './compile-triggers.ts';
import { isControlHandler, isScopeHandler } from './control-config.ts';
import type { DefinitionDocument, NodeDocument } from './definition-document.ts';
import { definitionTriggers, type DefinitionNode } from './definition-nodes.ts';
import { definitionScopes, localNames, type DefinitionScope } from './definition-scopes.ts';
import type { ExpressionSites } from './expression-sites.ts';
import { graphOf, numbersById, topologicalOrder } from './graph.ts';
import { queueOf, retryOf, timeoutOf } from './handler-facts.ts';
import type { Plan, PlanAction, PlanEdge, PlanNode, PlanScope, ScopeHandler } from './plan.ts';
import { LineStarts, Positions } from './positions.ts';
import { ProblemList } from './problem.ts';
import { checkShape } from './shape-check.ts';
import { throwingSites } from './throwing-sites.ts';
import { planWaits } from './plan-waits.ts';
import { valueCheck } from './value-schema.ts';

const defaultRetentionMs = 30 * 86_400_000;

/** A stored definition that this version cannot make sense of: damaged, or written by a later version. */
export class PlanCorrupt extends Error {
  override readonly name = 'PlanCorrupt';
  readonly code = 'PLAN_CORRUPT';

  constructor(definition: { readonly key: string; readonly version: number }, reason: string, options?: ErrorOptions) {
    super(`definition ${definition.key} version ${definition.version} cannot be compiled: ${reason}`, options);
  }
}

/**
 * Compiles a definition that was accepted when it was applied. `handlers` are the facts recorded then: see
 * collectHandlerFacts. Throws PlanCorrupt.
 */
export function compilePlan(
  definition: { readonly document: Json; readonly key: string; readonly version: number },
  handlers: Readonly<Record<string, HandlerFacts>>,
): Plan {
  try {
    return compile(definition, handlers);
  } catch (error) {
    throw new PlanCorrupt(definition, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function compile(
  { document: json, key, version }: { readonly document: Json; readonly key: string; readonly version: number },
  handlers: Readonly<Record<string, HandlerFacts>>,
): Plan {
  const problems = new ProblemList(new Positions({ offset: 0 }, new LineStarts('')));
  checkShape(json, problems);
  const [first] = problems.sorted();
  if (first) throw new Error(`${first.pointer} ${first.message}`);
  const document = json as unknown as DefinitionDocument;
  const scopes = definitionScopes(json);
  const rootScope = scopes[0]!;
  const sites = throwingSites(rootScope);
  const root = compileScope(rootScope, { scopes, document, handlers });
  const outputs = rootScope.nodes.filter(({ handler }) => handler === 'output');
  const { idempotencyKey } = document;
  return {
    key,
    name: document.name,
    version,
    root,
    checkInput: document.input === undefined ? () => [] : valueCheck(document.input),
    output: document.output === undefined ? null : sites.template(document.output, { pointer: '/output', reader: 'end' }),
    outputNode: outputs.length === 1 ? outputs[0]!.id : null,
    ...compileTriggers(definitionTriggers(json), key, sites),
    timeoutMs: parseDuration(document.timeout) ?? null,
    onFailure: document.onFailure ?? 'compensate',
    lifecycle: document.lifecycle ?? 'all',
    priority: document.priority ?? 'normal',
    idempotencyKey: idempotencyKey === undefined ? null : compileIdempotencyKey(idempotencyKey, sites),
    labels: document.labels ?? {},
    retentionMs: parseDuration(document.retention) ?? defaultRetentionMs,
    waits: planWaits(json),
  };
}

/** What all scopes of a definition are compiled with. */
interface Compilation {
  readonly scopes: readonly DefinitionScope[];
  readonly document: DefinitionDocument;
  readonly handlers: Readonly<Record<string, HandlerFacts>>;
}

function compileScope(scope: DefinitionScope, compilation: Compilation): PlanScope {
  const { nodes } = scope;
  if (nodes.length === 0) throw new Error('a scope has no nodes');
  const sites = throwingSites(scope);
  const numbers = numbersById(nodes);
  if (numbers.size !== nodes.length) throw new Error('two nodes share an id');
  const order = topologicalOrder(graphOf(nodes, numbers));
  if (order.length !== nodes.length) throw new Error('its nodes wait for each other');
  const incoming = nodes.map((node) => edgesInto(node, numbers));
  const outgoing: PlanEdge[][] = nodes.map(() => []);
  for (const edge of incoming.flat()) outgoing[numbers.get(edge.from)!]!.push(edge);
  const ordered = order.map((number): [string, PlanNode] => {
    const node = compileNode(nodes[number]!, { incoming: incoming[number]!, outgoing: outgoing[number]! }, compilation, sites);
    return [node.id, node];
  });
  return {
    nodes: new Map(ordered),
    roots: ordered.flatMap(([id, node]) => (node.incoming.length === 0 ? [id] : [])),
    leaves: ordered.flatMap(([id, node]) => (node.outgoing.length === 0 ? [id] : [])),
  };
}

function edgesInto(node: DefinitionNode, numbers: ReadonlyMap<string, number>): PlanEdge[] {
  return node.dependencies.map(({ node: from, on }) => {
    if (on === null || on === 'mixed' || !numbers.has(from) || from === node.id) {
      throw new Error(`\`${node.id}\` has an impossible dependency on \`${from}\``);
    }
    return { from, to: node.id!, on };
  });
}

function compileNode(
  node: DefinitionNode,
  edges: Pick<PlanNode, 'incoming' | 'outgoing'>,
  compilation: Compilation,
  sites: ExpressionSites,
): PlanNode {
  const { document, handlers } = compilation;
  const fields = node.fields as NodeDocument;
  const facts = Object.hasOwn(handlers, fields.handler) ? handlers[fields.handler] : undefined;
  return {
    id: fields.id,
    handler: fields.handler,
    action: actionOf(node, queueOf(fields, document, facts), compilation, sites),
    ...edges,
    join: fields.join ?? 'all',
    ...compileConditions(node, sites),
    retry: retryOf(fields, document, facts),
    timeoutMs: timeoutOf(fields, document, facts),
    queueTimeoutMs: parseDuration(fields.queueTimeout) ?? null,
    deadlineMs: parseDuration(fields.deadline) ?? null,
    onError: fields.onError ?? 'fail',
    compensate: compileCompensation(node, document, handlers, sites),
  };
}

function actionOf(node: DefinitionNode, queue: string | undefined, compilation: Compilation, sites: ExpressionSites): PlanAction {
  const { id, handler } = node.fields as NodeDocument;
  if (isControlHandler(handler)) {
    return isScopeHandler(handler) ? scopeAction(node, handler, compilation, sites) : compileControlAction(node, handler, sites);
  }
  if (queue === undefined) throw new Error(`nobody knows the queue of \`${handler}\`, which \`${id}\` asks for`);
  return { kind: 'task', queue, config: compileTaskConfig(node, sites) };
}

const defaultMapConcurrency = 64;

function scopeAction(owner: DefinitionNode, handler: ScopeHandler, compilation: Compilation, sites: ExpressionSites): PlanAction {
  const body = compilation.scopes.find(({ outer }) => outer?.owner === owner);
  if (!body) throw new Error(`\`${owner.id}\` has no nodes`);
  const { strategy = 'wait_all', maxConcurrency, mode } = owner.fields;
  const scope = compileScope(body, compilation);
  if (handler === 'group') return { kind: 'group', scope, strategy, maxConcurrency: maxConcurrency ?? null };
  const [itemName, indexName] = localNames(owner);
  return {
    kind: 'map',
    scope,
    strategy,
    maxConcurrency: mode === 'sequential' ? 1 : (maxConcurrency ?? defaultMapConcurrency),
    ...compileMapExpressions(owner, sites),
    itemName,
    indexName,
  };
}
