import type { Json, JsonObject } from '@jetsaga/contracts';

const longestEnum = 12;

/** A JSON Schema's kind of value in a few words: `text`, `whole number from 1 to 100`, `list of texts`, … */
export function inWords(schema: Json | undefined, definitions: JsonObject = {}): string {
  if (!isObject(schema)) return 'anything';
  if (typeof schema.$ref === 'string') return referenceInWords(schema.$ref.split('/').at(-1) ?? '', definitions);
  if (Array.isArray(schema.enum)) return schema.enum.slice(0, longestEnum).map(asCode).join(', ');
  if (schema.const !== undefined) return asCode(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map((choice) => inWords(choice, definitions)))].join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => inWords({ ...schema, type }, definitions)).join(' or ');
  switch (schema.type) {
    case 'string':
      return schema.format === 'uuid' ? 'UUID' : 'text';
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number' : 'number'}${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return `list of ${inWords(schema.items, definitions)}`;
    case 'object':
      return objectInWords(schema, definitions);
    default:
      return 'anything';
  }
}

/** The schemas that refer to themselves here are those of JSON itself. */
function referenceInWords(name: string, definitions: JsonObject): string {
  const target = definitions[name];
  return JSON.stringify(target ?? null).includes(`"#/$defs/${name}"`) ? 'any JSON' : inWords(target, definitions);
}

function objectInWords(schema: JsonObject, definitions: JsonObject): string {
  if (isObject(schema.properties) && '$ref' in schema.properties) return 'claim check';
  if (isObject(schema.properties) && Object.keys(schema.properties).length > 0) {
    return `{ ${fieldsOf(schema)
      .map(({ name, required }) => (required ? name : `${name}?`))
      .join(', ')} }`;
  }
  return isObject(schema.additionalProperties) ? `map of ${inWords(schema.additionalProperties, definitions)}` : 'object';
}

export interface Field {
  readonly name: string;
  readonly schema: Json;
  readonly required: boolean;
}

export function fieldsOf(schema: JsonObject): Field[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).map(([name, inner]) => ({ name, schema: inner, required: required.has(name) }));
}

/** What a field is when it is left out; undefined when nothing is said about it. */
export function defaultOf(schema: Json): string | undefined {
  return isObject(schema) && schema.default !== undefined ? asCode(schema.default) : undefined;
}

function range({ minimum, maximum }: JsonObject): string {
  const least = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return ` from ${least}`;
  return most === undefined ? '' : ` up to ${most}`;
}

function asCode(value: Json): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
