import { checkConfig, checkControlConfig, configOf } from './config-check.ts';
import { controlBranches, isControlHandler } from './control-config.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import { jsonPointer } from './json-pointer.ts';
import { controlHandlers, type HandlerCatalog } from './plan.ts';
import type { ProblemList } from './problem.ts';
import { didYouMean } from './suggestion.ts';

/** What handlers are checked against. `queue` is what nodes get that name none. */
export interface HandlerRules {
  /** Null: it is not known which handlers there are. */
  readonly catalog: HandlerCatalog | null;
  readonly allowUnknown: boolean;
  readonly defaultQueue: string | undefined;
}

const subjectSafe = /^[a-z][a-z0-9_]{0,99}$/;

/** Whether the node has a handler that it can be compiled for. Reports what is wrong with it and with its configuration. */
export function checkHandler(node: DefinitionNode, rules: HandlerRules, problems: ProblemList, warnings: ProblemList): boolean {
  const { handler } = node;
  if (handler === null) return false;
  const pointer = jsonPointer(node.pointer, 'handler');
  if (isControlHandler(handler)) return checkControlConfig(node, handler, problems);
  if (rules.catalog === null) return true;
  const facts = rules.catalog.get(handler);
  if (facts === undefined) {
    checkUnknown(node, handler, rules.catalog, rules, problems, warnings);
    return true;
  }
  if (facts.available === false) {
    const message = `no worker that runs \`${handler}\` is there at the moment: its steps will wait for one`;
    warnings.add('NO_WORKER', pointer, message);
  }
  if (facts.configSchema !== undefined) checkConfig(node, facts.configSchema, problems);
  return true;
}

function checkUnknown(
  node: DefinitionNode,
  handler: string,
  catalog: HandlerCatalog,
  { allowUnknown, defaultQueue }: HandlerRules,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const pointer = jsonPointer(node.pointer, 'handler');
  const message = `no worker has ever offered a handler \`${handler}\``;
  const suggestion = () => didYouMean(handler, [...controlHandlers, ...catalog.keys()]);
  if (!allowUnknown) {
    const hint = () => suggestion() ?? 'start its worker once, or apply with allowUnknown=true';
    problems.add('UNKNOWN_HANDLER', pointer, message, { hint });
    return;
  }
  warnings.add('UNKNOWN_HANDLER', pointer, message, { hint: suggestion });
  if (!subjectSafe.test(handler)) {
    problems.add('INVALID_FIELD', pointer, 'a handler is a lower-case letter, then letters, digits and `_`, 100 at most');
  }
  if (node.fields.queue === undefined && defaultQueue === undefined) {
    const cure = 'give the node a `queue`, or the definition `defaults.queue`';
    problems.add('INVALID_FIELD', pointer, `nobody knows the queue of \`${handler}\``, { hint: cure });
  }
}

/** The branches that a node can end with, without `error`; undefined where that is not known. */
export function branchesOf(node: DefinitionNode, catalog: HandlerCatalog | null): readonly string[] | undefined {
  if (node.handler === null) return undefined;
  if (isControlHandler(node.handler)) return controlBranches(node.handler, configOf(node));
  return catalog?.get(node.handler)?.branches;
}
