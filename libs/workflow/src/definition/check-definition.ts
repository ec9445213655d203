import { limits, type Json, type JsonObject } from '@jetsaga/contracts';
import { checkBranches } from './branch-check.ts';
import { CheckingSites } from './checking-sites.ts';
import { compileConditions, compileControlAction, compileTaskConfig } from './compile-node.ts';
import { checkRateLimit, compileConcurrencyKey } from './compile-flow-control.ts';
import { compileIdempotencyKey, compileTriggerExpressions } from './compile-triggers.ts';
import { isControlHandler } from './control-config.ts';
import { definitionHash } from './definition-hash.ts';
import { definitionKey } from './definition-key.ts';
import { definitionNodes, definitionTriggers, wellShaped, type DefinitionNode, type Misshapen } from './definition-nodes.ts';
import { Ancestors, graphOf, numbersById, topologicalOrder } from './graph.ts';
import { checkGraph } from './graph-check.ts';
import { checkHandler, type HandlerRules } from './handler-check.ts';
import type { ParsedDefinition, SourceFormat } from './parse-definition.ts';
import type { HandlerCatalog } from './plan.ts';
import { ProblemList, type DefinitionProblem } from './problem.ts';
import { checkSchema, checkTrigger } from './schema-check.ts';
import { checkShape } from './shape-check.ts';
import { isObject } from './subschemas.ts';
import { addWarnings } from './warnings.ts';

/** A definition that was found to be right. `hash` is the same for the same content, however it was written. */
export interface CheckedDefinition {
  readonly key: string;
  readonly name: string;
  readonly document: JsonObject;
  readonly format: SourceFormat;
  readonly hash: string;
}

export interface DefinitionCheck {
  /** Absent when there are problems. */
  readonly definition?: CheckedDefinition;
  readonly problems: readonly DefinitionProblem[];
  readonly warnings: readonly DefinitionProblem[];
}

export interface CheckOptions {
  /** Handlers that nobody offers are a warning; somebody must name their queue. */
  readonly allowUnknown?: boolean;
}

/**
 * Finds everything that is wrong with a definition, in the order of its source. Never throws. Without a catalog (null),
 * which handlers there are is not checked.
 */
export function checkDefinition(
  parsed: ParsedDefinition,
  catalog: HandlerCatalog | null,
  options: CheckOptions = {},
): DefinitionCheck {
  if (!parsed.readable) return { problems: parsed.problems, warnings: [] };
  const { document, format, positions } = parsed;
  const problems = new ProblemList(positions);
  const warnings = new ProblemList(positions);
  for (const problem of parsed.remarks) problems.take(problem);
  if (tooManyNodes(document)) {
    problems.add('TOO_LARGE', '/dag/nodes', `a definition has at most ${limits.definitionNodes} nodes`);
    return { problems: problems.sorted(), warnings: [] };
  }
  const misshapen = checkShape(document, problems);
  const key = checkKey(document, misshapen, problems);
  checkParts(document, misshapen, catalog, options, problems, warnings);
  if (problems.size > 0 || !isObject(document)) return { problems: problems.sorted(), warnings: warnings.sorted() };
  const definition = { key, name: String(document.name), document, format, hash: definitionHash(document) };
  return { definition, problems: [], warnings: warnings.sorted() };
}

function tooManyNodes(document: Json): boolean {
  const dag = isObject(document) ? document.dag : undefined;
  return isObject(dag) && Array.isArray(dag.nodes) && dag.nodes.length > limits.definitionNodes;
}

function checkKey(document: Json, misshapen: Misshapen, problems: ProblemList): string {
  if (!isObject(document)) return '';
  const { key, name } = wellShaped(document, '', misshapen);
  if (typeof key === 'string') return key;
  const made = typeof name === 'string' ? definitionKey(name) : '';
  if (made === '' && typeof name === 'string' && document.key === undefined) {
    problems.add('INVALID_KEY', '/name', 'nothing of this name can stand in a URL', { hint: 'give a `key` of a-z, 0-9 and -' });
  }
  return made;
}

function checkParts(
  document: Json,
  misshapen: Misshapen,
  catalog: HandlerCatalog | null,
  options: CheckOptions,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const top = isObject(document) ? wellShaped(document, '', misshapen) : {};
  const nodes = definitionNodes(document, misshapen);
  const numbers = numbersById(nodes);
  const graph = graphOf(nodes, numbers);
  checkGraph(nodes, numbers, graph, problems);
  checkBranches(nodes, numbers, catalog, problems, warnings);
  const ancestors = new Ancestors(graph, topologicalOrder(graph));
  const sites = new CheckingSites(nodes, numbers, ancestors, problems);
  const rules = { catalog, allowUnknown: options.allowUnknown ?? false, defaultQueue: defaultQueue(top) };
  for (const node of nodes) checkNode(node, rules, sites, problems, warnings);
  checkSchema(top.input, '/input', problems);
  for (const trigger of definitionTriggers(document, misshapen)) {
    checkTrigger(trigger, problems);
    compileTriggerExpressions(trigger.fields, trigger.pointer, sites);
  }
  if (typeof top.idempotencyKey === 'string') compileIdempotencyKey(top.idempotencyKey, sites);
  if (isObject(top.concurrency)) compileConcurrencyKey(wellShaped(top.concurrency, '/concurrency', misshapen).key, sites);
  const readAtTheEnd =
    top.output === undefined ? new Set<number>() : sites.readBy(top.output, { pointer: '/output', reader: 'end' });
  if (nodes.length > 0) addWarnings(document, nodes, graph, readAtTheEnd, warnings);
}

function checkNode(
  node: DefinitionNode,
  rules: HandlerRules,
  sites: CheckingSites,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const compilable = checkHandler(node, rules, problems, warnings);
  compileConditions(node, sites);
  checkRateLimit(node, sites, problems);
  if (!compilable || node.handler === null) return;
  if (isControlHandler(node.handler)) compileControlAction(node, node.handler, sites);
  else compileTaskConfig(node, sites);
}

function defaultQueue(top: JsonObject): string | undefined {
  return isObject(top.defaults) && typeof top.defaults.queue === 'string' ? top.defaults.queue : undefined;
}
