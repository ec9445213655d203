import { isSettledStep, type ErrorShape, type Json, type StepRecord } from '@jetsaga/contracts';
import type { MapAction } from '../definition/plan.ts';
import type { Bindings } from '../expression/expression.ts';
import { closeBody } from './compensation/stop-step.ts';
import type { Draft } from './draft.ts';
import { inBrief } from './in-brief.ts';
import { afterItem, isComplete, progressJson, progressOf, type MapProgress } from './map-progress.ts';
import { mapItems, openScopeRecord, type MapItems } from './scope-record.ts';
import { bodyView, itemScope, type StepView } from './scope-view.ts';
import { completeStep, failStep, type WorkTimes } from './settle-step.ts';
import { ItemOutputsNeeded, valueKey } from './steps-needed.ts';
import { clearStepTimer, setStepTimer } from './step-timers.ts';

/** What begins in one decision; the rest of a larger map follows in the next ones, so that no transaction grows without bound. */
const itemsPerDecision = 1_000;

/** What a map goes through, or why it cannot. Throws ExpressionFailure, or ClaimCheckNeeded. */
export function selectItems(action: MapAction, bindings: Bindings): MapItems | { readonly error: ErrorShape } {
  const items = action.items.evaluate(bindings);
  if (typeof items !== 'object' || items === null) {
    return { error: { code: 'INVALID_CONFIG', message: `items must be a list or an object; it is ${inBrief(items)}` } };
  }
  const { filter, itemName, indexName } = action;
  if (filter === null) return { items };
  const selected: number[] = [];
  const around = Object.getOwnPropertyDescriptors(bindings.locals);
  for (let position = 0; position < sizeOf(items); position += 1) {
    const [index, item] = entryAt(items, position);
    const locals = Object.defineProperties({}, { ...around, items: { value: items, configurable: true } }) as Record<
      string,
      Json
    >;
    Object.assign(locals, { [itemName]: item, [indexName]: index });
    const verdict = filter.evaluate({ ...bindings, locals });
    if (typeof verdict !== 'boolean') {
      const message = `filter must be true or false: ${filter.source} is ${inBrief(verdict)} for item ${index}`;
      return { error: { code: 'EXPRESSION_FAILED', message } };
    }
    if (verdict) selected.push(position);
  }
  return { items, selected };
}

/** A map's step is on record: counts its items, and lines it up to begin with them. */
export function beginMap(draft: Draft, target: StepView, { items, selected }: MapItems): void {
  const total = selected?.length ?? sizeOf(items);
  const progress: MapProgress = { total, begun: 0, active: 0, succeeded: 0, failed: 0, isTimed: false };
  draft.put(openScopeRecord(draft, target.path, progressJson(progress)));
  draft.mapsToContinue.push(target);
}

/** Begins with as many items as may be under way, and ends the map when there is none left. */
export function continueMap(draft: Draft, target: StepView): void {
  const step = draft.step(target.path);
  const record = draft.steps.in(target.path).record;
  const { action } = target.node;
  if (!step || !record || isSettledStep(step.status) || action.kind !== 'map') return;
  const progress = beginItems(draft, target, step, action, progressOf(record.config));
  draft.put({ ...record, config: progressJson(progress) });
  if (isComplete(progress)) judgeMap(draft, target, step, progress);
}

function beginItems(draft: Draft, target: StepView, step: StepRecord, action: MapAction, progress: MapProgress): MapProgress {
  const { total } = progress;
  let { begun, active } = progress;
  if (begun === total || active >= action.maxConcurrency) return progress;
  const { items, selected } = mapItems(draft, step);
  while (begun < total && active < action.maxConcurrency) {
    if (draft.itemsBegun >= itemsPerDecision) {
      goOnLater(draft, target, step);
      break;
    }
    const position = selected ? (selected[begun] ?? 0) : begun;
    const [index, item] = entryAt(items, position);
    const view = bodyView(target, position);
    if (!view) throw new Error(`${target.path} is no map`);
    draft.put(openScopeRecord(draft, view.path, { item, index }));
    draft.scopesToBegin.push(view);
    draft.itemsBegun += 1;
    begun += 1;
    active += 1;
  }
  const { isTimed } = progressOf(draft.steps.in(target.path).record?.config);
  return { ...progress, begun, active, isTimed };
}

/** An item's scope has ended. */
export function itemEnded(draft: Draft, target: StepView, error: ErrorShape | undefined): void {
  const step = draft.step(target.path);
  const record = draft.steps.in(target.path).record;
  const { action } = target.node;
  if (!step || !record || isSettledStep(step.status) || action.kind !== 'map') return;
  const progress = afterItem(progressOf(record.config), error);
  draft.put({ ...record, config: progressJson(progress) });
  if (error !== undefined && action.strategy === 'fail_fast') {
    closeBody(draft, target.path, 'another item failed', 'keep');
    failMap(draft, target, step, error, 'one of its items failed');
  } else if (error === undefined && action.strategy === 'race') {
    closeBody(draft, target.path, 'another item was first', 'keep');
    draft.put({ ...record, config: progressJson({ ...progress, begun: progress.total, active: 0 }) });
    goOnLater(draft, target, step);
  } else {
    draft.mapsToContinue.push(target);
  }
}

function judgeMap(draft: Draft, target: StepView, step: StepRecord, { total, succeeded, failed, error }: MapProgress): void {
  const needsOne = ['best_effort', 'race'].includes((target.node.action as MapAction).strategy);
  if (failed > 0 && error && (!needsOne || succeeded === 0)) {
    failMap(draft, target, step, error, `${failed} of its ${total} items failed`);
  } else if (total === 0) {
    completeMap(draft, target, step);
  } else {
    // The outputs of the last items are not yet where those of all items are read.
    goOnLater(draft, target, step);
  }
}

function goOnLater(draft: Draft, target: StepView, step: StepRecord): void {
  const { record } = draft.steps.in(target.path);
  if (!record || progressOf(record.config).isTimed) return;
  draft.put({ ...record, config: progressJson({ ...progressOf(record.config), isTimed: true }) });
  setStepTimer(draft, step, 'map', draft.moment.at);
}

/** The map's timer: there is room for more items, or all of them have ended. */
export function onMapTimer(draft: Draft, target: StepView, step: StepRecord): void {
  clearStepTimer(draft, step, 'map');
  const record = untimed(draft, target);
  if (record && !isSettledStep(record.status) && !isComplete(progressOf(record.config))) draft.mapsToContinue.push(target);
  else completeMap(draft, target, step);
}

function untimed(draft: Draft, target: StepView): StepRecord | undefined {
  const { record } = draft.steps.in(target.path);
  if (record) draft.put({ ...record, config: progressJson({ ...progressOf(record.config), isTimed: false }) });
  return record;
}

/** Completes the map with its items' values in order. Throws ItemOutputsNeeded. */
function completeMap(draft: Draft, target: StepView, step: StepRecord): void {
  const { items, selected } = mapItems(draft, step);
  const positions = selected ?? Array.from({ length: sizeOf(items) }, (_, position) => position);
  const outputs = itemOutputs(draft, target, step, positions);
  const values = positions.map((position): [number | string, Json] => [entryAt(items, position)[0], outputs(position) ?? null]);
  const result: Json = Array.isArray(items) ? values.map(([, value]) => value) : Object.fromEntries(values);
  const { record } = draft.steps.in(target.path);
  if (record) draft.put({ ...record, status: 'COMPLETED', finishedAt: draft.moment.at });
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null };
  completeStep(draft, target, step, { result, branch: null, times, data: { items: values.length } });
}

function itemOutputs(
  draft: Draft,
  target: StepView,
  step: StepRecord,
  positions: readonly number[],
): (position: number) => Json | undefined {
  if (!draft.isPartial || positions.length === 0) {
    return (position) => {
      const { record } = draft.steps.in(itemScope(target.path, position));
      return record?.status === 'COMPLETED' ? record.output : undefined;
    };
  }
  const loaded = draft.opened.get(valueKey('outputs', step));
  if (loaded === undefined) {
    const scopes = positions.map((position) => itemScope(target.path, position));
    throw new ItemOutputsNeeded(step, scopes);
  }
  return (position) => (loaded as { readonly [scope: string]: Json })[itemScope(target.path, position)];
}

function failMap(draft: Draft, target: StepView, step: StepRecord, error: ErrorShape, why: string): void {
  const { record } = draft.steps.in(target.path);
  if (record) draft.put({ ...record, status: 'FAILED', finishedAt: draft.moment.at });
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null };
  failStep(draft, target, step, error, times, why);
}

const keysOf = new WeakMap<MapItems['items'], readonly string[]>();

/** The names in an object, looked up once: a map asks for its items one by one. */
function namesIn(items: { readonly [key: string]: Json }): readonly string[] {
  let names = keysOf.get(items);
  if (!names) keysOf.set(items, (names = Object.keys(items)));
  return names;
}

function isList(items: MapItems['items']): items is readonly Json[] {
  return Array.isArray(items);
}

function sizeOf(items: MapItems['items']): number {
  return isList(items) ? items.length : namesIn(items).length;
}

/** Index, in an object the name, and value of the item at a position. */
function entryAt(items: MapItems['items'], position: number): readonly [number | string, Json] {
  if (isList(items)) return [position, items[position] ?? null];
  const name = namesIn(items)[position] ?? '';
  return [name, items[name] ?? null];
}
