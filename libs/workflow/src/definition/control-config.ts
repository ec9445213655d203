import { limits, type Json, type JsonObject } from '@jetsaga/contracts';
import type { BranchText } from './definition-document.ts';
import { controlHandlers, type ConditionOperator, type ControlHandler, type ScopeHandler } from './plan.ts';
import { isObject } from './subschemas.ts';

/** Branch names with a meaning of their own: no handler and no route has them. */
export const reservedBranches: readonly string[] = ['success', 'failure', 'always', 'error'];

export const conditionOperators: readonly ConditionOperator[] = [
  'equals',
  'not_equals',
  'greater_than',
  'less_than',
  'contains',
  'in',
  'is_null',
  'is_not_null',
  'changed_from',
  'changed_to',
];

export interface RouterConfig {
  readonly route?: string;
  readonly routes?: readonly { readonly when: string; readonly to: BranchText }[];
  readonly default?: BranchText;
}

export interface ConditionConfig {
  readonly conditions: readonly {
    readonly field: string;
    readonly operator: ConditionOperator;
    readonly value?: Json;
    readonly previousValue?: Json;
  }[];
  readonly logic?: 'and' | 'or';
}

const expression = { type: 'string', minLength: 1, maxLength: limits.expressionLength };
const branch = { type: ['string', 'boolean', 'number'], minLength: 1, maxLength: 200, not: { enum: [...reservedBranches] } };
const closed = { type: 'object', additionalProperties: false };

/** What the control nodes take for configuration, as JSON Schema. Those that are not here take anything. */
export const controlConfigSchemas: Readonly<Partial<Record<ControlHandler, JsonObject>>> = {
  router: {
    ...closed,
    properties: {
      route: expression,
      routes: {
        type: 'array',
        minItems: 1,
        items: { ...closed, required: ['when', 'to'], properties: { when: expression, to: branch } },
      },
      default: branch,
    },
  },
  evaluate_condition: {
    ...closed,
    required: ['conditions'],
    properties: {
      conditions: {
        type: 'array',
        minItems: 1,
        items: {
          ...closed,
          required: ['field', 'operator'],
          properties: { field: expression, operator: { enum: [...conditionOperators] }, value: true, previousValue: true },
        },
      },
      logic: { enum: ['and', 'or'] },
    },
  },
  delay: { ...closed, properties: { for: { type: ['string', 'number'] }, until: { type: ['string', 'number'] } } },
  emit_event: {
    ...closed,
    required: ['type'],
    properties: { type: { type: 'string', minLength: 1 }, data: true, subject: { type: 'string' } },
  },
  sub_workflow: {
    ...closed,
    required: ['workflow'],
    properties: {
      workflow: { type: 'string', minLength: 1, maxLength: 200 },
      version: { type: 'integer', minimum: 1 },
      input: true,
      wait: { type: 'boolean' },
    },
  },
  send_signal: {
    ...closed,
    required: ['name'],
    properties: {
      executionId: { type: 'string', minLength: 1 },
      workflow: { type: 'string', minLength: 1 },
      label: { type: 'object', minProperties: 1, additionalProperties: { type: ['string', 'number'] } },
      name: { type: 'string', minLength: 1, maxLength: 200 },
      payload: true,
    },
  },
  wait_for_event: {
    ...closed,
    required: ['event'],
    properties: {
      event: { type: 'string', minLength: 1, maxLength: 1_000 },
      filter: expression,
      match: { type: 'object', minProperties: 1, maxProperties: 10, propertyNames: { minLength: 1, maxLength: 200 } },
      timeout: { type: ['string', 'number'] },
    },
  },
  wait_for_signal: {
    ...closed,
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 200 },
      condition: expression,
      timeout: { type: ['string', 'number'] },
    },
  },
  fail: { ...closed, properties: { code: { type: 'string', minLength: 1, maxLength: 100 }, message: { type: 'string' } } },
};

export function isControlHandler(name: string): name is ControlHandler {
  return (controlHandlers as readonly string[]).includes(name);
}

/** Whether it is a control node with a DAG of its own. */
export function isScopeHandler(handler: ControlHandler): handler is ScopeHandler {
  return handler === 'group' || handler === 'map';
}

/** The branches that a control node can end with; undefined when only running it can tell. */
export function controlBranches(handler: ControlHandler, config: Json | undefined): readonly string[] | undefined {
  switch (handler) {
    case 'evaluate_condition':
      return ['true', 'false'];
    case 'router':
      return routerBranches(config);
    case 'wait_for_signal':
    case 'wait_for_event':
      return waitBranches;
    case 'input':
    case 'output':
    case 'aggregate':
    case 'delay':
    case 'emit_event':
    case 'send_signal':
    case 'fail':
    case 'group':
    case 'map':
    case 'sub_workflow':
      return [];
  }
}

/** How a step that waits for something from outside ends. */
export const waitBranches: readonly string[] = ['received', 'timeout'];

function routerBranches(config: Json | undefined): readonly string[] | undefined {
  if (!isObject(config) || config.route !== undefined || !Array.isArray(config.routes)) return undefined;
  const names = config.routes.map((route) => (isObject(route) ? route.to : undefined));
  if (config.default !== undefined) names.push(config.default);
  return [...new Set(names.filter((name) => name !== undefined).map(String))];
}
