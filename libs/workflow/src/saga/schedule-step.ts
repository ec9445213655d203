import type { StepRecord } from '@jetsaga/contracts';
import type { PlanAction } from '../definition/plan.ts';
import { bindingsFor, evaluated } from './bindings.ts';
import { decideControlNode, type ControlAction, type ControlVerdict } from './control-node.ts';
import { overridden, slotsThatHold } from './config-override.ts';
import type { Draft } from './draft.ts';
import { beginMap } from './run-map.ts';
import { mapItems, openScopeRecord } from './scope-record.ts';
import { bodyView, type StepView } from './scope-view.ts';
import { completeStep, failStep, skipStep, type WorkTimes } from './settle-step.ts';
import { inBrief } from './in-brief.ts';
import { secretSlots } from './secret-slots.ts';
import { pendingStep } from './step-record.ts';
import { beginSubWorkflow } from './sub-workflow.ts';
import { beginWait } from './begin-wait.ts';
import { awaitSignal } from './await-signal.ts';
import { setDeadline, setQueueTimer, setStepTimer } from './step-timers.ts';

/** Begins a step whose join rule is met: its condition decides whether it runs, then a task is sent or a control node decided. */
export function scheduleStep(draft: Draft, target: StepView, why: string): void {
  const { view, node, path } = target;
  const step = draft.step(path) ?? pendingStep(draft.execution.id, view.path, node);
  const { when, action } = node;
  if (when) {
    const condition = evaluated(path, () => when.evaluate(bindingsFor(draft, view)));
    if (!condition.ok) {
      failStep(draft, target, step, condition.error, untouched(draft), 'its condition cannot be evaluated');
      return;
    }
    if (condition.value === false) {
      skipStep(draft, step, `its condition is false: ${when.source}`);
      return;
    }
    if (condition.value !== true) {
      const message = `when must be true or false: ${when.source} is ${inBrief(condition.value)}`;
      failStep(
        draft,
        target,
        step,
        { code: 'EXPRESSION_FAILED', message },
        untouched(draft),
        'its condition is neither true nor false',
      );
      return;
    }
  }
  if (action.kind === 'task') scheduleTask(draft, target, step, action, why);
  else decideControl(draft, target, step, action, why);
}

function scheduleTask(
  draft: Draft,
  target: StepView,
  step: StepRecord,
  action: Extract<PlanAction, { kind: 'task' }>,
  why: string,
): void {
  const { view, node, path } = target;
  const bindings = bindingsFor(draft, view);
  const resolved = evaluated(path, () => {
    const planned = action.config.evaluate(bindings);
    // A step that is open again carries what an operator laid over its configuration.
    const config = overridden(planned, step.config);
    return { config, secrets: slotsThatHold(secretSlots(action.config, bindings), planned, config) };
  });
  if (!resolved.ok) {
    failStep(draft, target, step, resolved.error, untouched(draft), 'its configuration cannot be resolved');
    return;
  }
  const { at } = draft.moment;
  const queued: StepRecord = {
    ...step,
    status: 'QUEUED',
    attempt: step.attempt + 1,
    generation: step.generation + 1,
    dispatch: 1,
    config: resolved.value.config,
    queuedAt: at,
  };
  draft.happened('step.queued', { step: queued, data: { why }, notice: 'step.queued' });
  draft.put(queued);
  draft.dispatch(queued, resolved.value.secrets);
  setQueueTimer(draft, node, queued);
  setDeadline(draft, node, queued);
}

/** The same task once more: the next attempt, or the same one again when its message was lost. */
export function dispatchAgain(draft: Draft, target: StepView, step: StepRecord): void {
  const { node, path, view } = target;
  const { action } = node;
  if (action.kind !== 'task') throw new Error(`${path} is a control node: nothing of it is ever sent`);
  const slots = evaluated(path, () => {
    const bindings = bindingsFor(draft, view);
    const planned = secretSlots(action.config, bindings);
    return planned.length === 0 ? planned : slotsThatHold(planned, action.config.evaluate(bindings), step.config);
  });
  if (!slots.ok) {
    const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: step.worker };
    failStep(draft, target, step, slots.error, times, 'its configuration cannot be resolved any more');
    return;
  }
  draft.put(step);
  draft.dispatch(step, slots.value);
  setQueueTimer(draft, node, step);
}

function decideControl(draft: Draft, target: StepView, step: StepRecord, action: ControlAction, why: string): void {
  const { view, path } = target;
  const { at } = draft.moment;
  const verdict = evaluated(path, () => decideControlNode(draft, target, action, bindingsFor(draft, view)));
  if (!verdict.ok) {
    failStep(draft, target, step, verdict.error, untouched(draft), 'it cannot be decided');
    return;
  }
  const tried: StepRecord = {
    ...step,
    attempt: step.attempt + 1,
    generation: step.generation + 1,
    config: undefined,
    queuedAt: at,
    startedAt: at,
    ...configOf(verdict.value),
  };
  const times: WorkTimes = { startedAt: at, finishedAt: at, worker: null };
  switch (verdict.value.kind) {
    case 'completed':
      completeStep(draft, target, tried, { result: verdict.value.output, branch: verdict.value.branch, times, data: { why } });
      return;
    case 'failed':
      failStep(draft, target, tried, verdict.value.error, times, why);
      return;
    case 'emitted':
      draft.cause({ kind: 'emit_event', ...verdict.value.event, at });
      completeStep(draft, target, tried, { result: { id: verdict.value.event.id }, branch: null, times, data: { why } });
      return;
    case 'body':
      beginBody(draft, target, tried, why);
      return;
    case 'child':
      beginSubWorkflow(draft, tried, why);
      setDeadline(draft, target.node, tried);
      return;
    case 'signals': {
      const { signal } = verdict.value;
      draft.cause({ kind: 'send_signal', ...signal, at });
      completeStep(draft, target, tried, { result: { delivered: signal.to.length }, branch: null, times, data: { why } });
      return;
    }
    case 'awaits_event': {
      const { pattern, timeoutMs } = verdict.value.wait;
      beginWait(draft, target, tried, { waitingFor: `an event ${pattern}`, timeoutMs, why });
      return;
    }
    case 'awaits_signal':
      awaitSignal(draft, target, tried, verdict.value.wait, why);
      return;
    case 'delayed':
      delayStep(draft, target, tried, verdict.value.until, why);
      return;
  }
}

/** A step with a DAG of its own is RUNNING until that has ended. */
function beginBody(draft: Draft, target: StepView, step: StepRecord, why: string): void {
  const running: StepRecord = { ...step, status: 'RUNNING' };
  draft.happened('step.running', { step: running, data: { why }, notice: 'step.running' });
  draft.put(running);
  setDeadline(draft, target.node, running);
  const body = bodyView(target, null);
  if (body) {
    draft.put(openScopeRecord(draft, body.path));
    draft.scopesToBegin.push(body);
  } else beginMap(draft, target, mapItems(draft, running));
}

function delayStep(draft: Draft, target: StepView, step: StepRecord, until: number, why: string): void {
  if (until <= draft.moment.at) {
    completeDelay(draft, target, step, why);
    return;
  }
  const waitingFor = `until ${new Date(until).toISOString()}`;
  const waiting: StepRecord = { ...step, status: 'WAITING', waitingFor };
  draft.happened('step.waiting', {
    step: waiting,
    data: { why, waitingFor },
    notice: 'step.waiting',
    noticeData: { waitingFor },
  });
  draft.put(waiting);
  setStepTimer(draft, waiting, 'delay', until);
  setDeadline(draft, target.node, waiting);
}

/** A delay is over: by its timer, or because its time had passed before it began. */
export function completeDelay(draft: Draft, target: StepView, step: StepRecord, why: string): void {
  const { at } = draft.moment;
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: at, worker: null };
  completeStep(draft, target, step, { result: { firedAt: new Date(at).toISOString() }, branch: null, times, data: { why } });
}

function configOf(verdict: ControlVerdict): Pick<StepRecord, 'config'> {
  return verdict.config === undefined ? {} : { config: verdict.config };
}

function untouched(draft: Draft): WorkTimes {
  return { startedAt: null, finishedAt: draft.moment.at, worker: null };
}
