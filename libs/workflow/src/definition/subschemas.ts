import type { Json, JsonObject } from '@jetsaga/contracts';
import { jsonPointer } from './json-pointer.ts';

/* Which keywords of JSON Schema 2020-12 hold schemas; everything else holds data. */
const one = ['additionalProperties', 'items', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'];
const alsoOne = ['unevaluatedProperties', 'unevaluatedItems', 'contentSchema'];
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const named = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];

const holdsOne = new Set([...one, ...alsoOne]);
const holdsList = new Set(listed);
const holdsNamed = new Set(named);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema with every schema directly inside of it replaced. `path` is its pointer. */
export function mapSubschemas(schema: JsonObject, path: string, map: (schema: Json, path: string) => Json): JsonObject {
  const copy: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const at = jsonPointer(path, keyword);
    if (holdsOne.has(keyword)) copy[keyword] = map(value, at);
    else if (holdsList.has(keyword) && Array.isArray(value)) {
      copy[keyword] = value.map((item, index) => map(item, jsonPointer(at, index)));
    } else if (holdsNamed.has(keyword) && isObject(value)) {
      copy[keyword] = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, map(item, jsonPointer(at, name))]));
    } else copy[keyword] = value;
  }
  return copy;
}

/** Calls `visit` for the schema and every schema inside of it, outermost first. */
export function visitSubschemas(schema: Json, path: string, visit: (schema: Json, path: string) => void): void {
  visit(schema, path);
  if (!isObject(schema)) return;
  mapSubschemas(schema, path, (inner, at) => {
    visitSubschemas(inner, at, visit);
    return inner;
  });
}
