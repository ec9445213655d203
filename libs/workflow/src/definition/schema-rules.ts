import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '@jetsaga/contracts';
import { jsonPointer } from './json-pointer.ts';
import type { SchemaProblem } from './plan.ts';
import { re2Pattern } from './re2-pattern.ts';
import { valueProblems } from './schema-errors.ts';
import { isObject, visitSubschemas } from './subschemas.ts';

const mostSubschemas = 2_000;
const mostReported = 50;
const dialect = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const refused = ['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$anchor'];

/**
 * What is wrong with a user's schema. Beyond JSON Schema 2020-12 itself: references stay inside the schema, patterns are
 * RE2, and its size is bounded.
 */
export function schemaRuleProblems(schema: Json): SchemaProblem[] {
  if (!isObject(schema) && typeof schema !== 'boolean') return [{ pointer: '', message: 'a schema is an object, true or false' }];
  const problems: SchemaProblem[] = [];
  const places = new Set<string>();
  const references: { pointer: string; target: string }[] = [];
  visitSubschemas(schema, '', (inner, path) => {
    places.add(path);
    if (isObject(inner) && places.size <= mostSubschemas) collect(inner, path, problems, references);
  });
  if (places.size > mostSubschemas) {
    return [{ pointer: '', message: `a schema holds at most ${mostSubschemas} schemas; this one holds ${places.size}` }];
  }
  for (const { pointer, target } of references) {
    if (!target.startsWith('#')) {
      problems.push({
        pointer,
        message: `\`${target}\` is outside of this schema: only local references (\`#/$defs/…\`) are followed`,
      });
    } else if (localTarget(target) === undefined || !places.has(localTarget(target)!)) {
      problems.push({ pointer, message: `there is no schema at \`${target}\`` });
    }
  }
  return [...metaProblems(schema), ...problems];
}

/** `#/$defs/a%20b` → `/$defs/a b`; undefined when it is no pointer. */
export function localTarget(reference: string): string | undefined {
  try {
    const pointer = decodeURIComponent(reference.slice(1));
    return pointer === '' || pointer.startsWith('/') ? pointer : undefined;
  } catch {
    return undefined;
  }
}

function collect(
  schema: JsonObject,
  path: string,
  problems: SchemaProblem[],
  references: { pointer: string; target: string }[],
): void {
  if (typeof schema.$ref === 'string') references.push({ pointer: jsonPointer(path, '$ref'), target: schema.$ref });
  if (path !== '' && schema.$id !== undefined) {
    problems.push({ pointer: jsonPointer(path, '$id'), message: '`$id` is for the whole schema only' });
  }
  if (typeof schema.$schema === 'string' && !dialect.test(schema.$schema)) {
    const message = 'schemas are JSON Schema 2020-12: leave `$schema` out, or name that dialect';
    problems.push({ pointer: jsonPointer(path, '$schema'), message });
  }
  for (const keyword of refused) {
    if (schema[keyword] !== undefined) {
      problems.push({
        pointer: jsonPointer(path, keyword),
        message: `\`${keyword}\` is not supported: use \`$ref\` and \`$defs\``,
      });
    }
  }
  if (typeof schema.pattern === 'string') checkPattern(schema.pattern, jsonPointer(path, 'pattern'), problems);
  if (isObject(schema.patternProperties)) {
    const at = jsonPointer(path, 'patternProperties');
    for (const pattern of Object.keys(schema.patternProperties)) checkPattern(pattern, jsonPointer(at, pattern), problems);
  }
}

function checkPattern(pattern: string, pointer: string, problems: SchemaProblem[]): void {
  try {
    re2Pattern(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ pointer, message: `RE2 does not take this pattern: ${reason}` });
  }
}

let metaSchema: ValidateFunction | undefined;

function metaProblems(schema: Json): SchemaProblem[] {
  metaSchema ??= new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    validateFormats: false,
  }).getSchema('https://json-schema.org/draft/2020-12/schema');
  if (metaSchema === undefined || metaSchema(schema)) return [];
  return valueProblems(metaSchema.errors ?? []).slice(0, mostReported);
}
