import { limits, type Json, type JsonObject } from '@jetsaga/contracts';
import { checkBranches } from './branch-check.ts';
import { CheckingSites } from './checking-sites.ts';
import { compileConditions, compileControlAction, compileMapExpressions, compileTaskConfig } from './compile-node.ts';
import { checkCompensation } from './compensation.ts';
import { compileIdempotencyKey, compileTriggerExpressions } from './compile-triggers.ts';
import { isControlHandler, isScopeHandler } from './control-config.ts';
import { definitionHash } from './definition-hash.ts';
import { definitionKey } from './definition-key.ts';
import { definitionTriggers, wellShaped, type DefinitionNode, type Misshapen } from './definition-nodes.ts';
import { definitionScopes, type DefinitionScope } from './definition-scopes.ts';
import { Ancestors, graphOf, numbersById, topologicalOrder, type Graph } from './graph.ts';
import { checkGraph } from './graph-check.ts';
import { checkHandler, type HandlerRules } from './handler-check.ts';
import type { ParsedDefinition, SourceFormat } from './parse-definition.ts';
import type { HandlerCatalog } from './plan.ts';
import { ProblemList, type DefinitionProblem } from './problem.ts';
import { checkSchema } from './schema-check.ts';
import { checkScopeFields } from './scope-check.ts';
import { checkShape } from './shape-check.ts';
import { isObject } from './subschemas.ts';
import { checkTrigger } from './trigger-check.ts';
import { addWarnings, warnOfHiddenIds } from './warnings.ts';

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
  return isObject(dag) && nodeCount(dag.nodes) > limits.definitionNodes;
}

/** Those of all scopes together. */
function nodeCount(nodes: Json | undefined): number {
  if (!Array.isArray(nodes)) return 0;
  return nodes.reduce<number>((sum, node) => sum + 1 + (isObject(node) ? nodeCount(node.nodes) : 0), 0);
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
  const rules = { catalog, allowUnknown: options.allowUnknown ?? false, defaultQueue: defaultQueue(top) };
  const checked = new Map<DefinitionScope, CheckedScope>();
  for (const scope of definitionScopes(document, misshapen)) {
    checked.set(scope, checkScope(scope, checked, rules, problems, warnings));
  }
  const [root] = checked.entries();
  if (!root) return;
  const [{ nodes }, { sites, graph }] = root;
  checkSchema(top.input, '/input', problems);
  for (const trigger of definitionTriggers(document, misshapen)) {
    checkTrigger(trigger, problems);
    compileTriggerExpressions(trigger, sites);
  }
  if (typeof top.idempotencyKey === 'string') compileIdempotencyKey(top.idempotencyKey, sites);
  const readAtTheEnd =
    top.output === undefined ? new Set<number>() : sites.readBy(top.output, { pointer: '/output', reader: 'end' });
  if (nodes.length > 0) addWarnings(document, nodes, graph, readAtTheEnd, warnings);
}

interface CheckedScope {
  readonly sites: CheckingSites;
  readonly graph: Graph;
}

/** Those around it have been checked. */
function checkScope(
  { nodes, outer, locals }: DefinitionScope,
  checked: ReadonlyMap<DefinitionScope, CheckedScope>,
  rules: HandlerRules,
  problems: ProblemList,
  warnings: ProblemList,
): CheckedScope {
  const numbers = numbersById(nodes);
  const graph = graphOf(nodes, numbers);
  checkGraph(nodes, numbers, graph, problems);
  checkBranches(nodes, numbers, rules.catalog, problems, warnings);
  const around = outer && checked.get(outer.scope);
  const outerSites = outer && around ? { sites: around.sites, owner: outer.owner.index, locals } : null;
  if (outerSites) warnOfHiddenIds(nodes, outerSites.sites, warnings);
  const sites = new CheckingSites(nodes, numbers, new Ancestors(graph, topologicalOrder(graph)), problems, outerSites);
  for (const node of nodes) checkNode(node, rules, sites, problems, warnings);
  return { sites, graph };
}

function checkNode(
  node: DefinitionNode,
  rules: HandlerRules,
  sites: CheckingSites,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  checkScopeFields(node, problems);
  const compilable = checkHandler(node, rules, problems, warnings);
  compileConditions(node, sites);
  checkCompensation(node, rules, sites, problems, warnings);
  if (!compilable || node.handler === null) return;
  const { handler } = node;
  if (!isControlHandler(handler)) compileTaskConfig(node, sites);
  else if (!isScopeHandler(handler)) compileControlAction(node, handler, sites);
  else if (handler === 'map') compileMapExpressions(node, sites);
}

function defaultQueue(top: JsonObject): string | undefined {
  return isObject(top.defaults) && typeof top.defaults.queue === 'string' ? top.defaults.queue : undefined;
}
