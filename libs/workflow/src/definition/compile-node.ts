import type { Json } from '@jetsaga/contracts';
import type { Expression, Template } from '../expression/expression.ts';
import { configOf } from './config-check.ts';
import type { ConditionConfig, RouterConfig } from './control-config.ts';
import type { DefinitionNode } from './definition-nodes.ts';
import { localNames } from './definition-scopes.ts';
import type { ExpressionPlace, ExpressionSites, PlaceOf } from './expression-sites.ts';
import { jsonPointer } from './json-pointer.ts';
import { compileWaitForEvent, compileWaitForSignal } from './compile-waits.ts';
import type { ControlHandler, MapAction, PlanAction, ScopeHandler } from './plan.ts';
import { isObject } from './subschemas.ts';

export interface NodeConditions {
  readonly when: Expression | null;
  readonly output: Template | null;
}

/** The expressions that every node may have. */
export function compileConditions(node: DefinitionNode, sites: ExpressionSites): NodeConditions {
  const { when, output } = node.fields;
  const place = { reader: node.index };
  return {
    when: when === undefined ? null : sites.expression(when, { ...place, pointer: jsonPointer(node.pointer, 'when') }),
    output:
      output === undefined
        ? null
        : sites.template(output, { ...place, pointer: jsonPointer(node.pointer, 'output'), locals: ['result'] }),
  };
}

/** The configuration of a node whose handler some worker runs: the one place of a DAG where secrets may stand. */
export function compileTaskConfig(node: DefinitionNode, sites: ExpressionSites): Template {
  const pointer = jsonPointer(node.pointer, 'config');
  return sites.template(configOf(node), { pointer, reader: node.index, secrets: 'allowed' });
}

/** A control node whose configuration has the right shape, see config-check.ts. */
export function compileControlAction(
  node: DefinitionNode,
  handler: Exclude<ControlHandler, ScopeHandler>,
  sites: ExpressionSites,
): PlanAction {
  const config = configOf(node);
  const pointer = jsonPointer(node.pointer, 'config');
  const place: PlaceOf = (...path) => ({
    pointer: jsonPointer(pointer, ...path),
    reader: node.index,
  });
  switch (handler) {
    case 'input':
      return { kind: 'input' };
    case 'output':
      return { kind: 'output', config: isEmptyObject(config) ? null : sites.template(config, place()) };
    case 'aggregate':
      return { kind: 'aggregate', config: sites.template(config, place()) };
    case 'delay':
      return {
        kind: 'delay',
        mode: isObject(config) && 'for' in config ? 'for' : 'until',
        config: sites.template(config, place()),
      };
    case 'emit_event':
      return { kind: 'emit_event', config: sites.template(config, place()) };
    case 'fail':
      return { kind: 'fail', config: sites.template(config, place()) };
    case 'sub_workflow':
      return { kind: 'sub_workflow', config: sites.template(config, place()) };
    case 'send_signal':
      return { kind: 'send_signal', config: sites.template(config, place()) };
    case 'wait_for_event':
      return compileWaitForEvent(config, place, sites);
    case 'wait_for_signal':
      return compileWaitForSignal(config, place, sites);
    case 'router':
      return compileRouter(config as RouterConfig, place, sites);
    case 'evaluate_condition':
      return compileConditionList(config as unknown as ConditionConfig, place, sites);
  }
}

/** The expressions of a `map` that are evaluated where it stands. */
export function compileMapExpressions(node: DefinitionNode, sites: ExpressionSites): Pick<MapAction, 'items' | 'filter'> {
  const { items = null, filter } = node.fields;
  const place = (field: string): ExpressionPlace => ({ pointer: jsonPointer(node.pointer, field), reader: node.index });
  return {
    items: sites.template(items, place('items')),
    filter: filter === undefined ? null : sites.expression(filter, { ...place('filter'), locals: localNames(node) }),
  };
}

function compileRouter(config: RouterConfig, place: PlaceOf, sites: ExpressionSites): PlanAction {
  return {
    kind: 'router',
    route: config.route === undefined ? null : sites.expression(config.route, place('route')),
    routes: (config.routes ?? []).map(({ when, to }, index) => ({
      when: sites.expression(when, place('routes', index, 'when')),
      to: String(to),
    })),
    fallback: config.default === undefined ? null : String(config.default),
  };
}

function compileConditionList(config: ConditionConfig, place: PlaceOf, sites: ExpressionSites): PlanAction {
  return {
    kind: 'evaluate_condition',
    logic: config.logic ?? 'and',
    conditions: config.conditions.map(({ field, operator, value, previousValue }, index) => ({
      field: sites.expression(field, place('conditions', index, 'field')),
      operator,
      value: sites.template(value ?? null, place('conditions', index, 'value')),
      previousValue:
        previousValue === undefined ? null : sites.template(previousValue, place('conditions', index, 'previousValue')),
    })),
  };
}

function isEmptyObject(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
