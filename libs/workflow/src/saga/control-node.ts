import { isEventType, stepPath, type ErrorShape, type Json } from '@jetsaga/contracts';
import type { PlanAction } from '../definition/plan.ts';
import { ExpressionFailure, type Bindings } from '../expression/expression.ts';
import { evaluateCondition } from '../expression/evaluate-condition.ts';
import { timeAfter, timeOf } from './delay-time.ts';
import type { Draft } from './draft.ts';
import { inBrief } from './in-brief.ts';
import { outputsFlattened } from './outputs.ts';
import { selectItems } from './run-map.ts';
import type { StepView } from './scope-view.ts';
import { longestWaitMs } from './step-timers.ts';
import { subWorkflowConfig } from './sub-workflow-config.ts';
import { eventWait, type EventWait } from './event-wait.ts';
import { signalToSend, type SignalToSend } from './signal-to-send.ts';
import { signalWait, type SignalWait } from './signal-wait.ts';

/** What a control node comes to. */
export type ControlVerdict =
  | { readonly kind: 'completed'; readonly output: Json; readonly branch: string | null; readonly config?: Json }
  | { readonly kind: 'delayed'; readonly until: number; readonly config: Json }
  | {
      readonly kind: 'emitted';
      readonly config: Json;
      readonly event: { id: string; type: string; data: Json; subject?: string };
    }
  | { readonly kind: 'body'; readonly config?: Json }
  | { readonly kind: 'child'; readonly config: Json }
  | { readonly kind: 'signals'; readonly signal: SignalToSend; readonly config: Json }
  | { readonly kind: 'awaits_signal'; readonly wait: SignalWait; readonly config: Json }
  | { readonly kind: 'awaits_event'; readonly wait: EventWait; readonly config: Json }
  | { readonly kind: 'failed'; readonly error: ErrorShape; readonly config?: Json };

export type ControlAction = Exclude<PlanAction, { kind: 'task' }>;

/** Decides a control node from what is known now. Throws ExpressionFailure, or ClaimCheckNeeded. */
export function decideControlNode(draft: Draft, target: StepView, action: ControlAction, bindings: Bindings): ControlVerdict {
  switch (action.kind) {
    case 'input':
      return completed(draft.execution.input);
    case 'output':
      return completed(action.config ? action.config.evaluate(bindings) : outputsOfDependencies(draft, target));
    case 'aggregate':
      return completed(action.config.evaluate(bindings));
    case 'router':
      return route(action, target, bindings);
    case 'evaluate_condition':
      return judgeConditions(action, bindings);
    case 'delay':
      return delay(action.mode, action.config.evaluate(bindings), draft.moment.at);
    case 'emit_event':
      return emittedBy(action.config.evaluate(bindings), eventId(draft, target.path));
    case 'send_signal':
      return sendSignal(draft, action.config.evaluate(bindings));
    case 'wait_for_event':
      return awaitEvent(action.config.evaluate(bindings));
    case 'wait_for_signal':
      return awaitSignal(action.config.evaluate(bindings));
    case 'fail':
      return fail(action.config.evaluate(bindings));
    case 'group':
      return { kind: 'body' };
    case 'sub_workflow': {
      const config = subWorkflowConfig(action.config.evaluate(bindings));
      return 'error' in config ? { kind: 'failed', error: config.error } : { kind: 'child', config: { ...config } };
    }
    case 'map':
      return selected(selectItems(action, bindings));
  }
}

function selected(selection: ReturnType<typeof selectItems>): ControlVerdict {
  if ('error' in selection) return { kind: 'failed', error: selection.error };
  return { kind: 'body', config: { ...selection } as unknown as Json };
}

function completed(output: Json, branch: string | null = null): ControlVerdict {
  return { kind: 'completed', output, branch };
}

function failed(code: string, message: string, config?: Json): Extract<ControlVerdict, { kind: 'failed' }> {
  return { kind: 'failed', error: { code, message }, config };
}

/** By id; a single dependency flattened. One that was skipped or failed is absent. */
function outputsOfDependencies(draft: Draft, { view, node }: StepView): Json {
  return outputsFlattened(
    node.incoming.map((edge) => edge.from),
    (id) => draft.step(stepPath(view.path, id)),
  );
}

function route(action: Extract<ControlAction, { kind: 'router' }>, { node }: StepView, bindings: Bindings): ControlVerdict {
  const taken = new Set(node.outgoing.flatMap(({ on }) => (on.kind === 'branches' ? on.branches : [])));
  const found = action.route
    ? routeName(action.route.evaluate(bindings))
    : action.routes.find(({ when }) => when.evaluate(bindings) === true)?.to;
  const isForNobody = found !== undefined && action.route !== null && taken.size > 0 && !taken.has(found);
  const chosen = isForNobody ? (action.fallback ?? found) : (found ?? action.fallback);
  if (chosen !== null) return completed({ route: chosen }, chosen);
  const names = action.route ? [...taken] : [...new Set(action.routes.map(({ to }) => to))];
  return failed('NO_ROUTE', `no route was chosen and there is no default; the routes are: ${names.join(', ')}`);
}

function routeName(value: Json): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

function judgeConditions(action: Extract<ControlAction, { kind: 'evaluate_condition' }>, bindings: Bindings): ControlVerdict {
  const evaluated = action.conditions.map(({ field, operator, value, previousValue }) => {
    const asksForAbsence = operator === 'is_null' || operator === 'is_not_null';
    const actual = asksForAbsence ? orNull(() => field.evaluate(bindings)) : field.evaluate(bindings);
    const expected = value.evaluate(bindings);
    const result = evaluateCondition(operator, actual, expected, previousValue?.evaluate(bindings));
    return { field: field.source, operator, actual, expected, result };
  });
  const result = action.logic === 'and' ? evaluated.every((one) => one.result) : evaluated.some((one) => one.result);
  return completed({ evaluated, result }, String(result));
}

/** A field that yields nothing is what `is_null` asks for. */
function orNull(evaluate: () => Json): Json {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionFailure && error.code === 'UNRESOLVED_REFERENCE') return null;
    throw error;
  }
}

function delay(mode: 'for' | 'until', config: Json, at: number): ControlVerdict {
  const value = field(config, mode);
  const until = mode === 'for' ? timeAfter(value, at) : timeOf(value);
  if (until === undefined || until - at > longestWaitMs) {
    const wanted =
      mode === 'for' ? 'a duration such as 30s, 5m or 3d, or seconds' : 'an ISO 8601 time, or seconds or milliseconds since 1970';
    return failed('INVALID_CONFIG', `${mode} must be ${wanted}, at most a hundred years ahead; it is ${inBrief(value)}`, config);
  }
  return { kind: 'delayed', until, config };
}

/** The same event for as long as the step is the same; another one when it runs again after it was undone. */
function eventId(draft: Draft, path: string): string {
  const generation = (draft.step(path)?.generation ?? 0) + 1;
  return generation === 1 ? `${draft.execution.id}:${path}` : `${draft.execution.id}:${path}:${generation}`;
}

/** What `emit_event` makes of its configuration. */
export function emittedBy(config: Json, id: string): Extract<ControlVerdict, { kind: 'emitted' | 'failed' }> {
  const type = field(config, 'type');
  const subject = field(config, 'subject');
  if (typeof type !== 'string' || !isEventType(type)) {
    const rule = 'levels of letters, digits, _ and -, joined by dots';
    return failed('INVALID_CONFIG', `type must be ${rule}; it is ${inBrief(type)}`, config);
  }
  if (subject !== undefined && subject !== null && typeof subject !== 'string') {
    return failed('INVALID_CONFIG', `subject must be text; it is ${inBrief(subject)}`, config);
  }
  const data = field(config, 'data') ?? null;
  return { kind: 'emitted', config, event: { id, type, data, ...(subject != null && { subject }) } };
}

function sendSignal(draft: Draft, config: Json): ControlVerdict {
  const signal = signalToSend(draft, config);
  return 'error' in signal ? { kind: 'failed', error: signal.error, config } : { kind: 'signals', signal, config };
}

function awaitEvent(config: Json): ControlVerdict {
  const wait = eventWait(config);
  return 'wrong' in wait ? failed('INVALID_CONFIG', wait.wrong, config) : { kind: 'awaits_event', wait, config };
}

function awaitSignal(config: Json): ControlVerdict {
  const wait = signalWait(config);
  return 'wrong' in wait ? failed('INVALID_CONFIG', wait.wrong, config) : { kind: 'awaits_signal', wait, config };
}

/** As errors have them on record. */
const longestCode = 100;

function fail(config: Json): ControlVerdict {
  const code = field(config, 'code');
  const message = field(config, 'message');
  const error: ErrorShape = {
    code: typeof code === 'string' && code !== '' ? code.slice(0, longestCode) : 'WORKFLOW_FAILED',
    message: typeof message === 'string' ? message : message == null ? 'the workflow ended itself' : inBrief(message),
  };
  return { kind: 'failed', error, config };
}

export function field(config: Json, name: string): Json | undefined {
  const isObject = typeof config === 'object' && config !== null && !Array.isArray(config);
  return isObject && Object.hasOwn(config, name) ? config[name] : undefined;
}
