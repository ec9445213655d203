import type { Json } from '@jetsaga/contracts';
import type { DefinitionNode } from './definition-nodes.ts';
import { hasScope } from './definition-scopes.ts';
import { jsonPointer } from './json-pointer.ts';
import type { ProblemList } from './problem.ts';

const fieldsOfScopes = ['nodes', 'strategy', 'maxConcurrency'] as const;
const fieldsOfMaps = ['items', 'filter', 'itemName', 'indexName', 'mode'] as const;

/** `group` and `map` have a body, a map has items, and nobody else has any of it. */
export function checkScopeFields(node: DefinitionNode, problems: ProblemList): void {
  const { handler, fields, pointer } = node;
  const refuse = (names: readonly (keyof typeof fields)[], of: string) => {
    for (const name of names) {
      if (fields[name] === undefined) continue;
      problems.add('INVALID_FIELD', jsonPointer(pointer, name), `\`${name}\` is a field of ${of}, not of \`${handler}\``, {
        part: 'key',
      });
    }
  };
  if (handler === null) return;
  if (handler !== 'map') refuse(fieldsOfMaps, '`map`');
  if (!hasScope(node)) {
    refuse(fieldsOfScopes, '`group` and `map`');
    return;
  }
  if (node.body === undefined) problems.add('INVALID_FIELD', pointer, `\`${handler}\` needs \`nodes\`: its body`);
  if (handler === 'map') checkItems(fields.items, pointer, problems);
}

function checkItems(items: Json | undefined, pointer: string, problems: ProblemList): void {
  if (items === undefined) {
    problems.add('INVALID_FIELD', pointer, '`map` needs `items`: the list or object to go through', {
      hint: 'items: "{{ fetch.output.rows }}"',
    });
  } else if (items === null || typeof items === 'number' || typeof items === 'boolean') {
    problems.add('INVALID_FIELD', jsonPointer(pointer, 'items'), '`items` is a list, an object, or a template of one');
  }
}
