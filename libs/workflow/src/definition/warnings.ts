import type { Json } from '@jetsaga/contracts';
import { isPlainId, nodeName } from '../expression/names.ts';
import type { CheckingSites } from './checking-sites.ts';
import { configOf } from './config-check.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import type { Graph } from './graph.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';
import { isObject } from './subschemas.ts';

const identifier = /^[A-Za-z_]\w*$/;

/** Ids of an inner scope that stand in front of those around it. */
export function warnOfHiddenIds(nodes: readonly DefinitionNode[], outer: CheckingSites, warnings: ProblemList): void {
  for (const { id, pointer } of nodes) {
    if (id !== null && outer.sees(id)) {
      warnings.add('HIDDEN_ID', jsonPointer(pointer, 'id'), `\`${id}\` hides the node of that id around this scope`);
    }
  }
}

/** What is allowed and probably not what was wanted. `readAtTheEnd` are the nodes that the definition's `output` reads. */
export function addWarnings(
  document: Json,
  nodes: readonly DefinitionNode[],
  graph: Graph,
  readAtTheEnd: ReadonlySet<number>,
  warnings: ProblemList,
): void {
  const has = (handler: string) => nodes.some((node) => node.handler === handler);
  if (!has('input'))
    warnings.add('NO_INPUT_NODE', '/dag/nodes', 'no node has the handler `input`: the entry point is not marked');
  if (!has('output') && !(isObject(document) && document.output !== undefined)) {
    const message = 'neither an `output` node nor `output` says what the result is: it will be the outputs of the last nodes';
    warnings.add('NO_OUTPUT_NODE', '/dag/nodes', message);
  }
  for (const [number, node] of nodes.entries()) {
    const alone = graph.dependencies[number]!.length === 0 && graph.dependents[number]!.length === 0;
    if (alone && nodes.length > 1 && node.dependencies.length === 0 && !readAtTheEnd.has(number)) {
      warnings.add('UNUSED_NODE', node.pointer, `\`${node.id ?? number}\` is connected to no other node`);
    }
    if (node.id !== null && identifier.test(node.id) && !isPlainId(node.id) && node.id !== node.handler) {
      const message = `in expressions \`${node.id}\` means something else`;
      const hint = `read this step as ${nodeName(node.id)}.output`;
      warnings.add('HIDDEN_ID', jsonPointer(node.pointer, 'id'), message, { hint });
    }
    const config = configOf(node);
    if (node.handler === 'input' && !(isObject(config) && Object.keys(config).length === 0)) {
      warnings.add('UNUSED_CONFIG', jsonPointer(node.pointer, 'config'), '`input` takes no configuration: this one does nothing');
    }
  }
}
