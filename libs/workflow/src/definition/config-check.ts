import { isEventType, type Json } from '@jetsaga/contracts';
import { compiledSchema, SchemaBudgetExhausted, type SchemaMode, type SchemaRun } from './compiled-schema.ts';
import { controlConfigSchemas, type ConditionConfig, type RouterConfig } from './control-config.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import { isEventPattern } from './event-pattern.ts';
import { durationProblem } from './duration-check.ts';
import { jsonPointer } from './json-pointer.ts';
import { holdsTemplate } from './loose-schema.ts';
import type { ControlHandler } from './plan.ts';
import { ProblemList } from './problem.ts';
import { valueProblems, type ValueProblem } from './schema-errors.ts';
import { isObject } from './subschemas.ts';
import { didYouMean } from './suggestion.ts';

/** A node's configuration; one that is left out, or left empty in YAML, is `{}`. */
export function configOf(node: DefinitionNode): Json {
  return node.fields.config ?? {};
}

/** Reports what does not fit the schema, as far as templates let one see. */
export function checkConfig(node: DefinitionNode, schema: Json, problems: ProblemList): void {
  checkAgainst(node, schema, holdsTemplate(configOf(node)) ? 'loose' : 'config', problems);
}

function checkAgainst(node: DefinitionNode, schema: Json, mode: SchemaMode, problems: ProblemList): void {
  const pointer = jsonPointer(node.pointer, 'config');
  for (const { pointer: inside, message, unknown } of misfits(configOf(node), schema, mode)) {
    const where = inside === '' ? 'the configuration' : `\`${inside.slice(1).replaceAll('/', '.')}\``;
    problems.add('INVALID_CONFIG', pointer + inside, `${node.handler}: ${unknown ? message : `${where}: ${message}`}`, {
      part: unknown ? 'key' : 'value',
      hint: unknown && (() => didYouMean(unknown.field, unknown.known)),
    });
  }
}

function misfits(config: Json, schema: Json, mode: SchemaMode): ValueProblem[] {
  let run: SchemaRun;
  try {
    run = compiledSchema(schema, mode);
  } catch {
    // A schema that does not compile is its worker's mistake, not the definition's: the handler will check.
    return [];
  }
  try {
    return valueProblems(run(config));
  } catch (error) {
    if (error instanceof SchemaBudgetExhausted) return [{ pointer: '', message: error.message, keyword: '$ref' }];
    throw error;
  }
}

/** Whether a control node's configuration can be compiled. Reports why not. */
export function checkControlConfig(node: DefinitionNode, handler: ControlHandler, problems: ProblemList): boolean {
  const found = new ProblemList(problems.positions);
  const config = configOf(node);
  const pointer = jsonPointer(node.pointer, 'config');
  const schema = controlConfigSchemas[handler];
  // What the coordinator decides by must be there: templates stand in expressions and values, not for parts of the structure.
  const structural = handler === 'router' || handler === 'evaluate_condition';
  if (schema !== undefined) checkAgainst(node, schema, structural || !holdsTemplate(config) ? 'config' : 'loose', found);
  if (found.size === 0) {
    checkMeaning(handler, config, (code, message, ...path) => {
      found.add(code, jsonPointer(pointer, ...path), `${handler}: ${message}`);
    });
  }
  for (const problem of found.sorted()) problems.take(problem);
  return found.size === 0;
}

type Refuse = (code: 'INVALID_CONFIG' | 'INVALID_DURATION', message: string, ...path: string[]) => void;

/** What a schema cannot say, or says badly. */
function checkMeaning(handler: ControlHandler, config: Json, refuse: Refuse): void {
  switch (handler) {
    case 'router':
      checkRouter(config as unknown as RouterConfig, refuse);
      break;
    case 'evaluate_condition':
      checkConditions(config as unknown as ConditionConfig, refuse);
      break;
    case 'delay':
      checkDelay(config, refuse);
      break;
    case 'send_signal':
      checkRecipients(config, refuse);
      break;
    case 'wait_for_event':
      checkWait(config, refuse);
      if (isObject(config) && typeof config.event === 'string' && !holdsTemplate(config.event) && !isEventPattern(config.event)) {
        refuse(
          'INVALID_CONFIG',
          'an event is levels of letters, digits, `_` and `-`, joined by dots, with `*` for one and `>` at the end',
          'event',
        );
      }
      break;
    case 'wait_for_signal':
      checkWait(config, refuse);
      break;
    case 'emit_event':
      if (isObject(config) && typeof config.type === 'string' && !holdsTemplate(config.type) && !isEventType(config.type)) {
        refuse('INVALID_CONFIG', 'a type is levels of letters, digits, `_` and `-`, joined by dots', 'type');
      }
      break;
    case 'input':
    case 'output':
    case 'aggregate':
    case 'fail':
    case 'group':
    case 'map':
    case 'sub_workflow':
      break;
  }
}

function checkRouter({ route, routes, default: fallback }: RouterConfig, refuse: Refuse): void {
  if ((route === undefined) === (routes === undefined)) refuse('INVALID_CONFIG', 'give either `route` or `routes`');
  const literal = 'a branch is a name, not a template';
  for (const [index, { to }] of (routes ?? []).entries()) {
    if (holdsTemplate(to)) refuse('INVALID_CONFIG', literal, 'routes', String(index), 'to');
  }
  if (holdsTemplate(fallback)) refuse('INVALID_CONFIG', literal, 'default');
}

function checkConditions({ conditions }: ConditionConfig, refuse: Refuse): void {
  for (const [index, { operator, value }] of conditions.entries()) {
    if (operator === 'is_null' || operator === 'is_not_null' || value !== undefined) continue;
    refuse('INVALID_CONFIG', `\`value\` is missing: \`${operator}\` compares with it`, 'conditions', String(index));
  }
}

function checkRecipients(config: Json, refuse: Refuse): void {
  const { executionId, workflow, label } = isObject(config) ? config : {};
  const isByLabel = workflow !== undefined && label !== undefined;
  if ((executionId !== undefined) === isByLabel || (executionId !== undefined && (workflow ?? label) !== undefined)) {
    refuse('INVALID_CONFIG', 'give either `executionId`, or `workflow` and `label`');
  }
}

/** `condition` and `filter` are CEL as they stand: braces in them are reported where they are compiled. */
function checkWait(config: Json, refuse: Refuse): void {
  if (!isObject(config)) {
    refuse('INVALID_CONFIG', 'the configuration is an object');
    return;
  }
  const { timeout } = config;
  if (timeout === undefined || holdsTemplate(timeout)) return;
  const message = durationProblem(timeout, true);
  if (message !== undefined) refuse('INVALID_DURATION', message, 'timeout');
}

/** ISO 8601, a date alone or with a time. */
const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function checkDelay(config: Json, refuse: Refuse): void {
  if (!isObject(config)) {
    refuse('INVALID_CONFIG', 'the configuration is an object with `for` or `until`');
    return;
  }
  const { for: wait, until } = config;
  if ((wait === undefined) === (until === undefined)) {
    refuse('INVALID_CONFIG', 'give either `for` or `until`');
  } else if (wait !== undefined && !holdsTemplate(wait)) {
    const message = durationProblem(wait, false);
    if (message !== undefined) refuse('INVALID_DURATION', message, 'for');
  } else if (typeof until === 'string' && !holdsTemplate(until) && (!isoTime.test(until) || Number.isNaN(Date.parse(until)))) {
    refuse('INVALID_CONFIG', '`until` is a time in ISO 8601, such as 2030-01-31T09:00:00Z', 'until');
  }
}
