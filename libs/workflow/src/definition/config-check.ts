import { isEventType, type Json } from '@jetsaga/contracts';
import { compiledSchema, SchemaBudgetExhausted } from './compiled-schema.ts';
import { controlConfigSchemas } from './control-config.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import { durationProblem } from './duration-check.ts';
import { jsonPointer } from './json-pointer.ts';
import { holdsTemplate } from './loose-schema.ts';
import type { ControlHandler } from './plan.ts';
import type { ProblemList } from './problem.ts';
import { valueProblems } from './schema-errors.ts';
import { isObject } from './subschemas.ts';
import { didYouMean } from './suggestion.ts';

/** A node's configuration; one that is left out, or left empty in YAML, is `{}`. */
export function configOf(node: DefinitionNode): Json {
  return node.fields.config ?? {};
}

/** Whether the configuration fits the schema, as far as templates let one see. Reports what does not. */
export function checkConfig(node: DefinitionNode, schema: Json, problems: ProblemList): boolean {
  const config = configOf(node);
  const pointer = jsonPointer(node.pointer, 'config');
  try {
    const errors = compiledSchema(schema, holdsTemplate(config) ? 'loose' : 'exact')(config);
    for (const { pointer: inside, message, unknown } of valueProblems(errors)) {
      const where = inside === '' ? 'the configuration' : `\`${inside.slice(1).replaceAll('/', '.')}\``;
      problems.add('INVALID_CONFIG', pointer + inside, `${node.handler}: ${unknown ? message : `${where}: ${message}`}`, {
        part: unknown ? 'key' : 'value',
        hint: unknown && didYouMean(unknown.field, unknown.known),
      });
    }
    return errors.length === 0;
  } catch (error) {
    if (!(error instanceof SchemaBudgetExhausted)) throw error;
    problems.add('INVALID_CONFIG', pointer, `${node.handler}: ${error.message}`);
    return false;
  }
}

/** Whether a control node's configuration can be compiled. */
export function checkControlConfig(node: DefinitionNode, handler: ControlHandler, problems: ProblemList): boolean {
  const schema = controlConfigSchemas[handler];
  const before = problems.size;
  if (schema !== undefined && !checkConfig(node, schema, problems)) return false;
  const config = configOf(node);
  const refuse = (message: string, ...path: string[]) =>
    problems.add('INVALID_CONFIG', jsonPointer(node.pointer, 'config', ...path), `${handler}: ${message}`);
  const fields = isObject(config) ? config : {};
  switch (handler) {
    case 'router':
      if (!isObject(config)) refuse('the configuration is an object with `route` or `routes`');
      else if ((config.route === undefined) === (config.routes === undefined)) refuse('give either `route` or `routes`');
      break;
    case 'evaluate_condition':
      if (!isObject(config)) refuse('the configuration is an object with `conditions`');
      else checkConditions(config.conditions, (message, ...path) => refuse(message, 'conditions', ...path));
      break;
    case 'delay':
      if (!isObject(config)) refuse('the configuration is an object with `for` or `until`');
      else if ((config.for === undefined) === (config.until === undefined)) refuse('give either `for` or `until`');
      else checkDelay(fields, jsonPointer(node.pointer, 'config'), problems);
      break;
    case 'emit_event':
      if (typeof fields.type === 'string' && !holdsTemplate(fields.type) && !isEventType(fields.type)) {
        refuse('a type is levels of letters, digits, `_` and `-`, joined by dots', 'type');
      }
      break;
    case 'input':
    case 'output':
    case 'aggregate':
    case 'fail':
      break;
  }
  return problems.size === before;
}

function checkConditions(conditions: Json | undefined, refuse: (message: string, ...path: string[]) => void): void {
  if (!Array.isArray(conditions)) {
    refuse('the conditions are a list, not a template');
    return;
  }
  for (const [index, condition] of conditions.entries()) {
    if (!isObject(condition)) refuse('a condition is an object, not a template', String(index));
    else if (condition.operator !== 'is_null' && condition.operator !== 'is_not_null' && condition.value === undefined) {
      refuse(`\`value\` is missing: \`${String(condition.operator)}\` compares with it`, String(index));
    }
    if (isObject(condition) && typeof condition.operator === 'string' && holdsTemplate(condition.operator)) {
      refuse('an operator is a name, not a template', String(index), 'operator');
    }
  }
}

/** ISO 8601, a date alone or with a time. */
const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function checkDelay(config: { readonly [field: string]: Json }, pointer: string, problems: ProblemList): void {
  const mode = config.for === undefined ? 'until' : 'for';
  const value = config[mode];
  if (holdsTemplate(value)) return;
  if (mode === 'for') {
    const message = durationProblem(value, false);
    if (message !== undefined) problems.add('INVALID_DURATION', jsonPointer(pointer, 'for'), message);
  } else if (typeof value === 'string' && (!isoTime.test(value) || Number.isNaN(Date.parse(value)))) {
    problems.add(
      'INVALID_CONFIG',
      jsonPointer(pointer, 'until'),
      'delay: `until` is a time in ISO 8601, such as 2030-01-31T09:00:00Z',
    );
  }
}
