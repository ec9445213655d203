import { plainJson } from './plain-json.ts';

/** A definition as YAML or JSON text, or one written in TypeScript. */
export type DefinitionSource = string | { toJSON(): object };

/** What is sent to the server; the format is known where it was made here. */
export function definitionSource(definition: DefinitionSource): { readonly source: string; readonly format?: 'json' } {
  if (typeof definition === 'string') return { source: definition };
  return { source: JSON.stringify(plainJson(definition.toJSON()), null, 2), format: 'json' };
}
