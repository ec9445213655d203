import type { HandlerFacts } from '@jetsaga/contracts';
import { configOf } from './config-check.ts';
import { isControlHandler } from './control-config.ts';
import type { DefinitionDocument, NodeDocument } from './definition-document.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { ExpressionSites } from './expression-sites.ts';
import { checkHandler, type HandlerRules } from './handler-check.ts';
import { jsonPointer } from './json-pointer.ts';
import type { PlanNode } from './plan.ts';
import type { ProblemList } from './problem.ts';

/** A node's `compensate`, seen as a node of its own: it has a handler and a configuration, and nothing else. */
function undoNode(node: DefinitionNode): DefinitionNode | undefined {
  const { compensate, queue } = node.fields;
  if (compensate === undefined) return undefined;
  const { handler, config } = compensate;
  const fields = { handler, ...(config !== undefined && { config }), ...(queue !== undefined && { queue }) };
  return { ...node, pointer: jsonPointer(node.pointer, 'compensate'), handler, dependencies: [], fields };
}

/** Whether there is somebody who can undo, and whether its configuration can be read then. */
export function checkCompensation(
  node: DefinitionNode,
  rules: HandlerRules,
  sites: ExpressionSites,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  const undo = undoNode(node);
  if (!undo) return;
  if (isControlHandler(undo.handler ?? '') && undo.handler !== 'emit_event') {
    const message = `\`${undo.handler}\` undoes nothing`;
    const hint = 'name a handler that some worker runs, or emit_event';
    problems.add('INVALID_FIELD', jsonPointer(undo.pointer, 'handler'), message, { hint });
    return;
  }
  if (checkHandler(undo, rules, problems, warnings)) compileUndoConfig(undo, sites);
}

/** Null for a node without one. Throws when nobody knows the queue. */
export function compileCompensation(
  node: DefinitionNode,
  document: DefinitionDocument,
  handlers: Readonly<Record<string, HandlerFacts>>,
  sites: ExpressionSites,
): PlanNode['compensate'] {
  const undo = undoNode(node);
  if (!undo?.handler) return null;
  const { handler } = undo;
  const isDecidedHere = handler === 'emit_event';
  const queue = isDecidedHere ? null : undoQueue(node.fields as NodeDocument, handler, document, handlers);
  if (queue === undefined) throw new Error(`nobody knows the queue of \`${handler}\`, which undoes \`${node.id}\``);
  return { handler, queue, config: compileUndoConfig(undo, sites) };
}

/** A queue that the node, or the definition, names holds for the undo as well where both handlers come from the same one. */
function undoQueue(
  node: NodeDocument,
  handler: string,
  document: DefinitionDocument,
  handlers: Readonly<Record<string, HandlerFacts>>,
): string | undefined {
  const declared = (name: string) => (Object.hasOwn(handlers, name) ? handlers[name]?.queue : undefined);
  const own = declared(handler);
  const named = node.queue ?? document.defaults?.queue;
  return own === undefined || own === declared(node.handler) ? (named ?? own) : own;
}

function compileUndoConfig(undo: DefinitionNode, sites: ExpressionSites) {
  const secrets = undo.handler === 'emit_event' ? ('refused' as const) : ('allowed' as const);
  return sites.template(configOf(undo), {
    pointer: jsonPointer(undo.pointer, 'config'),
    reader: undo.index,
    ownOutput: true,
    secrets,
  });
}
