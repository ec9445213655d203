import { parseDuration, type HandlerFacts, type Json } from '@jetsaga/contracts';
import { compileConditions, compileControlAction, compileTaskConfig } from './compile-node.ts';
import { compileConcurrency, compileRateLimit } from './compile-flow-control.ts';
import { compileIdempotencyKey, compileTrigger } from './compile-triggers.ts';
import { isControlHandler } from './control-config.ts';
import type { DefinitionDocument, NodeDocument } from './definition-document.ts';
import { definitionNodes, type DefinitionNode } from './definition-nodes.ts';
import type { ExpressionSites } from './expression-sites.ts';
import { graphOf, numbersById, topologicalOrder } from './graph.ts';
import { queueOf, retryOf, timeoutOf } from './handler-facts.ts';
import { jsonPointer } from './json-pointer.ts';
import type { Plan, PlanAction, PlanEdge, PlanNode, PlanScope } from './plan.ts';
import { LineStarts, Positions } from './positions.ts';
import { ProblemList } from './problem.ts';
import { checkShape } from './shape-check.ts';
import { throwingSites } from './throwing-sites.ts';
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
  const nodes = definitionNodes(json);
  const sites = throwingSites(nodes);
  const root = compileScope(nodes, document, handlers, sites);
  const outputs = nodes.filter(({ handler }) => handler === 'output');
  const { idempotencyKey, concurrency } = document;
  return {
    key,
    name: document.name,
    version,
    root,
    checkInput: document.input === undefined ? () => [] : valueCheck(document.input),
    output: document.output === undefined ? null : sites.template(document.output, { pointer: '/output', reader: 'end' }),
    outputNode: outputs.length === 1 ? outputs[0]!.id : null,
    triggers: (document.triggers ?? []).map((trigger, index) => compileTrigger(trigger, jsonPointer('/triggers', index), sites)),
    timeoutMs: parseDuration(document.timeout) ?? null,
    onFailure: 'compensate',
    lifecycle: document.lifecycle ?? 'all',
    priority: document.priority ?? 'normal',
    idempotencyKey: idempotencyKey === undefined ? null : compileIdempotencyKey(idempotencyKey, sites),
    concurrency: concurrency === undefined ? null : compileConcurrency(concurrency, sites),
    labels: document.labels ?? {},
    retentionMs: parseDuration(document.retention) ?? defaultRetentionMs,
  };
}

function compileScope(
  nodes: readonly DefinitionNode[],
  document: DefinitionDocument,
  handlers: Readonly<Record<string, HandlerFacts>>,
  sites: ExpressionSites,
): PlanScope {
  const numbers = numbersById(nodes);
  if (numbers.size !== nodes.length) throw new Error('two nodes share an id');
  const order = topologicalOrder(graphOf(nodes, numbers));
  if (order.length !== nodes.length) throw new Error('its nodes wait for each other');
  const incoming = nodes.map((node) => edgesInto(node, numbers));
  const outgoing: PlanEdge[][] = nodes.map(() => []);
  for (const edge of incoming.flat()) outgoing[numbers.get(edge.from)!]!.push(edge);
  const ordered = order.map((number): [string, PlanNode] => {
    const node = compileNode(nodes[number]!, incoming[number]!, outgoing[number]!, document, handlers, sites);
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
  incoming: readonly PlanEdge[],
  outgoing: readonly PlanEdge[],
  document: DefinitionDocument,
  handlers: Readonly<Record<string, HandlerFacts>>,
  sites: ExpressionSites,
): PlanNode {
  const fields = node.fields as NodeDocument;
  const facts = Object.hasOwn(handlers, fields.handler) ? handlers[fields.handler] : undefined;
  return {
    id: fields.id,
    handler: fields.handler,
    action: actionOf(node, fields, queueOf(fields, document, facts), sites),
    incoming,
    outgoing,
    join: fields.join ?? 'all',
    ...compileConditions(node, sites),
    retry: retryOf(fields, document, facts),
    timeoutMs: timeoutOf(fields, document, facts),
    queueTimeoutMs: parseDuration(fields.queueTimeout) ?? null,
    deadlineMs: parseDuration(fields.deadline) ?? null,
    rateLimit: compileRateLimit(node, sites),
    onError: fields.onError ?? 'fail',
    compensate: null,
  };
}

function actionOf(
  node: DefinitionNode,
  { id, handler }: NodeDocument,
  queue: string | undefined,
  sites: ExpressionSites,
): PlanAction {
  if (isControlHandler(handler)) return compileControlAction(node, handler, sites);
  if (queue === undefined) throw new Error(`nobody knows the queue of \`${handler}\`, which \`${id}\` asks for`);
  return { kind: 'task', queue, config: compileTaskConfig(node, sites) };
}
