import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Json, JsonObject } from '@jetsaga/contracts';
import { canonicalJson } from './canonical-json.ts';
import { looseForTemplates } from './loose-schema.ts';
import { forgivingPattern, re2Pattern } from './re2-pattern.ts';
import { localTarget } from './schema-rules.ts';
import { isObject, mapSubschemas, visitSubschemas } from './subschemas.ts';

/** Runs a schema over a value. Throws SchemaBudgetExhausted where following references does not come to an end. */
export type SchemaRun = (value: Json) => readonly ErrorObject[];

/**
 * `exact` is for users' values. The other two are for configurations, which the handler itself checks in the end: patterns that
 * RE2 has not are let go; `loose` also lets templates stand for any value, see loose-schema.ts.
 */
export type SchemaMode = 'exact' | 'config' | 'loose';

/** References followed in one run: a recursive schema over a hostile value would otherwise run for ever. */
const referenceBudget = 500_000;
const cacheSize = 500;
const cache = new Map<string, SchemaRun>();
const budgetKeyword = 'jetsagaReferenceBudget';

export class SchemaBudgetExhausted extends Error {
  override readonly name = 'SchemaBudgetExhausted';

  constructor(options?: ErrorOptions) {
    super('the schema refers to itself so often that checking this value was given up', options);
  }
}

/**
 * Compiles a schema that schemaRuleProblems found nothing wrong with. Remembers the last few hundred. Throws what Ajv
 * throws.
 */
export function compiledSchema(schema: Json, mode: SchemaMode): SchemaRun {
  const identity = `${mode} ${canonicalJson(schema)}`;
  const run = cache.get(identity) ?? compile(schema, mode);
  cache.delete(identity);
  cache.set(identity, run);
  if (cache.size > cacheSize) cache.delete(cache.keys().next().value!);
  return run;
}

function compile(schema: Json, mode: SchemaMode): SchemaRun {
  let budget = 0;
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    inlineRefs: false,
    ownProperties: true,
    // Ajv's own optimizer takes longer than all the rest, for code that V8 optimizes anyway.
    code: { optimize: false, regExp: mode === 'exact' ? re2Pattern : forgivingPattern },
  });
  addFormats.default(ajv);
  ajv.addKeyword({
    keyword: budgetKeyword,
    before: '$ref',
    errors: false,
    validate: () => {
      budget -= 1;
      if (budget < 0) throw new SchemaBudgetExhausted();
      return true;
    },
  });
  const validate: ValidateFunction = ajv.compile(prepared(schema, mode) as JsonObject | boolean);
  return (value) => {
    budget = referenceBudget;
    try {
      return validate(value) ? [] : (validate.errors ?? []);
    } catch (error) {
      if (error instanceof RangeError) throw new SchemaBudgetExhausted({ cause: error });
      throw error;
    }
  };
}

/** The schema as Ajv gets it: what is referred to under `$defs`, references counted, and loosened where asked for. */
function prepared(schema: Json, mode: SchemaMode): Json {
  const targets = new Map<string, { readonly name: string; readonly schema: Json }>();
  const places = new Map<string, Json>();
  visitSubschemas(schema, '', (inner, path) => places.set(path, inner));
  for (const inner of places.values()) {
    if (!isObject(inner) || typeof inner.$ref !== 'string') continue;
    const target = localTarget(inner.$ref);
    if (target !== undefined && !targets.has(target)) {
      targets.set(target, { name: `r${targets.size}`, schema: places.get(target) ?? true });
    }
  }
  const prepare = (inner: Json): Json => {
    if (!isObject(inner)) return inner;
    const { $schema: _dialect, $id: _id, $defs: _defs, definitions: _definitions, ...rest } = mapSubschemas(inner, '', prepare);
    if (typeof rest.$ref === 'string') {
      rest.$ref = `#/$defs/${targets.get(localTarget(rest.$ref) ?? '')?.name}`;
      rest[budgetKeyword] = true;
    }
    return mode === 'loose' ? looseForTemplates(rest) : rest;
  };
  const root = prepare(schema);
  if (!isObject(root) || targets.size === 0) return root;
  return { ...root, $defs: Object.fromEntries([...targets.values()].map(({ name, schema: target }) => [name, prepare(target)])) };
}
