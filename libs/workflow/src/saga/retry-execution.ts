import { isSettledStep, stepPath, type Actor, type Json, type StepRecord } from '@jetsaga/contracts';
import { beginExecution } from './advance.ts';
import type { Draft } from './draft.ts';
import { lookAgain } from './look-again.ts';
import { progressJson, progressOf } from './map-progress.ts';
import type { IgnoredReason } from './saga-types.ts';
import { bodyView, isWithin, rootView, scopeAt, stepView, type ScopeView, type StepView } from './scope-view.ts';
import { setExecutionTimeout } from './step-timers.ts';

/**
 * A terminal execution goes on: its failed and cancelled steps are open again, the skipped ones that hang on them, and every step that was
 * undone with all that hangs on it. A group or map goes on inside: items that completed stay so. Attempts count on, so that nothing old
 * can be taken for new; the next attempt has another idempotency key. `overrides` are laid over the configuration of the steps named,
 * when they are scheduled.
 */
export function retryExecution(draft: Draft, overrides: Readonly<Record<string, Json>>, by: Actor): IgnoredReason | undefined {
  const { status } = draft.execution;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'CANCELLED') return 'wrong_state';
  draft.needAllSteps();
  const open = new Map<string, StepRecord>();
  openScope(draft, rootView(draft.plan), open);
  draft.happened('command.retry', { by, ...(Object.keys(overrides).length > 0 && { data: { input: overrides } }) });
  draft.change({ status: 'RUNNING', output: undefined, error: undefined, ending: null, finishedAt: null });
  draft.happened('execution.resumed', { notice: 'resumed', noticeData: { by } });
  setExecutionTimeout(draft);
  for (const [path, step] of open) {
    const target = targetOf(draft, step);
    const goesOn = target !== undefined && hasBody(draft, path);
    const again = reopened(step, Object.hasOwn(overrides, path) ? overrides[path] : undefined);
    draft.happened('step.reopened', { step: goesOn ? step : again, data: { why: `it was ${step.status}` } });
    if (goesOn) goOnInside(draft, target, step);
    else draft.put(again);
  }
  lookAgain(draft);
  beginExecution(draft);
  return undefined;
}

/** Gathers what is to be open again in a scope, and in those inside it that go on. */
function openScope(draft: Draft, view: ScopeView, open: Map<string, StepRecord>): void {
  const chosen = new Map<string, StepRecord>();
  for (const step of draft.steps.in(view.path).values()) {
    if (step.status === 'FAILED' || step.status === 'CANCELLED') {
      chosen.set(step.node, step);
      addDependents(draft, view, step.node, chosen, (dependent) => dependent.status === 'SKIPPED');
    } else if (isUndone(step) || isUndoneInside(draft, step)) {
      chosen.set(step.node, step);
      addDependents(draft, view, step.node, chosen, () => true);
    }
  }
  for (const [node, step] of chosen) {
    const path = stepPath(view.path, node);
    open.set(path, step);
    const target = stepView(view, node);
    if (target) for (const inner of bodiesToOpen(draft, target)) openScope(draft, inner, open);
  }
}

function isUndone({ status }: StepRecord): boolean {
  return status === 'COMPENSATED' || status === 'COMPENSATION_FAILED';
}

function isUndoneInside(draft: Draft, step: StepRecord): boolean {
  if (step.handler !== 'group' && step.handler !== 'map') return false;
  return isUndoneWithin(draft, stepPath(step.scope, step.node));
}

function hasBody(draft: Draft, path: string): boolean {
  return draft.steps.in(path).record !== undefined;
}

/** The body of a group, and those of a map's items that did not complete, or were undone. */
function bodiesToOpen(draft: Draft, target: StepView): ScopeView[] {
  const { path, node } = target;
  if (!hasBody(draft, path)) return [];
  if (node.action.kind === 'group') return [bodyView(target, null)].flatMap((view) => view ?? []);
  if (node.action.kind !== 'map') return [];
  return [...draft.steps.byScope()].flatMap(([scope, { record }]) => {
    const view = scopeAt(draft.plan, scope);
    if (view?.owner?.path !== path || record === undefined) return [];
    return record.status !== 'COMPLETED' || isUndoneWithin(draft, scope) ? [view] : [];
  });
}

function isUndoneWithin(draft: Draft, scope: string): boolean {
  return [...draft.steps.byScope()].some(([each, steps]) => isWithin(each, scope) && [...steps.values()].some(isUndone));
}

/** The step is under way again, and so are the bodies in it that are to be opened; the others stay as they are. */
function goOnInside(draft: Draft, target: StepView, step: StepRecord): void {
  const bodies = bodiesToOpen(draft, target);
  const { error: _, output: __, ...kept } = step;
  const generation = step.generation + 1;
  draft.put({ ...kept, status: 'RUNNING', generation, branch: null, finishedAt: null, settledSeq: null });
  for (const { path } of bodies) {
    const { record } = draft.steps.in(path);
    if (record) draft.put(openRecord(record));
  }
  const { record } = draft.steps.in(target.path);
  if (target.node.action.kind !== 'map' || !record) return;
  const { total, begun } = progressOf(record.config);
  const items = [...draft.steps.byScope()].filter(([scope]) => scopeAt(draft.plan, scope)?.owner?.path === target.path).length;
  const active = bodies.length;
  const progress = { total, begun: Math.min(begun, items), active, succeeded: items - active, failed: 0, isTimed: false };
  draft.put({ ...openRecord(record), config: progressJson(progress) });
}

function openRecord(record: StepRecord): StepRecord {
  const { error: _, output: __, ...kept } = record;
  return isSettledStep(record.status) || record.error ? { ...kept, status: 'RUNNING', finishedAt: null } : record;
}

/** All that hangs on the step, over as many edges as lead there through steps that are chosen. */
function addDependents(
  draft: Draft,
  view: ScopeView,
  from: string,
  chosen: Map<string, StepRecord>,
  choose: (step: StepRecord) => boolean,
): void {
  const seen = new Set<string>([from]);
  for (const id of seen) {
    for (const { to } of view.scope.nodes.get(id)?.outgoing ?? []) {
      const step = draft.step(stepPath(view.path, to));
      if (!step || seen.has(to) || !choose(step)) continue;
      seen.add(to);
      chosen.set(to, step);
    }
  }
}

function targetOf(draft: Draft, step: StepRecord): StepView | undefined {
  const view = scopeAt(draft.plan, step.scope);
  return view && stepView(view, step.node);
}

/** PENDING, and remembers how often it was tried; until it is scheduled, `config` holds what is laid over its configuration. */
function reopened(step: StepRecord, override: Json | undefined): StepRecord {
  const { executionId, scope, node, handler, queue, attempt, generation, undo } = step;
  const past = isUndone(step)
    ? { after: attempt }
    : undo?.unknown
      ? { unknown: true }
      : undo?.after === undefined
        ? null
        : { after: undo.after };
  return {
    ...{ executionId, scope, node, handler, queue, attempt, generation },
    status: 'PENDING',
    dispatch: 0,
    config: override,
    branch: null,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
    worker: null,
    waitingFor: null,
    settledSeq: null,
    ...((step.undo || past) && { undo: past }),
  };
}
