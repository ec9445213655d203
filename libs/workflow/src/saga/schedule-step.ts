import { stepPath, type ErrorShape, type RateLimit, type SecretSlot, type StepRecord } from '@jetsaga/contracts';
import type { PlanAction } from '../definition/plan.ts';
import type { Bindings, Template } from '../expression/expression.ts';
import { bindingsFor, evaluated } from './bindings.ts';
import { decideControlNode, type ControlAction, type ControlVerdict } from './control-node.ts';
import type { Draft } from './draft.ts';
import type { StepView } from './scope-view.ts';
import { completeStep, failStep, skipStep, type WorkTimes } from './settle-step.ts';
import { heldStep, rateLimitOf } from './rate-limit.ts';
import { inBrief } from './in-brief.ts';
import { pendingStep } from './step-record.ts';
import { setDeadline, setQueueTimer, setStepTimer } from './step-timers.ts';

/** Begins a step whose join rule is met: its condition decides whether it runs, then a task is sent or a control node decided. */
export function scheduleStep(draft: Draft, target: StepView, why: string): void {
  const { view, node, path } = target;
  const step = pendingStep(draft.execution.id, view.path, node);
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
  const resolved = evaluated(path, () => ({
    config: action.config.evaluate(bindings),
    secrets: secretSlots(action.config, bindings),
  }));
  if (!resolved.ok) {
    failStep(draft, target, step, resolved.error, untouched(draft), 'its configuration cannot be resolved');
    return;
  }
  const rate = rateLimitOf(draft, target);
  if (!rate.ok) {
    failStep(draft, target, step, rate.error, untouched(draft), 'the key of its rate limit cannot be made');
    return;
  }
  const { at } = draft.moment;
  const queued: StepRecord = {
    ...step,
    status: 'QUEUED',
    attempt: 1,
    generation: 1,
    dispatch: 1,
    config: resolved.value.config,
    queuedAt: at,
  };
  draft.happened('step.queued', { step: queued, data: { why }, notice: 'step.queued' });
  if (rate.value) hold(draft, queued, rate.value);
  else {
    draft.put(queued);
    draft.dispatch(queued, resolved.value.secrets);
    setQueueTimer(draft, node, queued);
  }
  setDeadline(draft, node, queued);
}

/** Queued, and not sent: its time in the queue has not begun. */
function hold(draft: Draft, step: StepRecord, rate: RateLimit): void {
  const held = heldStep(step, rate);
  draft.put(held);
  draft.cause({ kind: 'hold', path: stepPath(held.scope, held.node), rate });
}

/** The next attempt: sent at once, or held by its rate limit, since every attempt counts. */
export function sendNextAttempt(draft: Draft, target: StepView, step: StepRecord): void {
  const rate = rateLimitOf(draft, target);
  if (!rate.ok) failAgain(draft, target, step, rate.error);
  else if (rate.value) hold(draft, step, rate.value);
  else dispatchAgain(draft, target, step);
}

/** The same task once more: the next attempt, the same one again when its message was lost, or one that was held. */
export function dispatchAgain(draft: Draft, target: StepView, step: StepRecord): void {
  const { node, path, view } = target;
  const { action } = node;
  if (action.kind !== 'task') throw new Error(`${path} is a control node: nothing of it is ever sent`);
  const slots = evaluated(path, () => secretSlots(action.config, bindingsFor(draft, view)));
  if (!slots.ok) {
    failAgain(draft, target, step, slots.error);
    return;
  }
  draft.put(step);
  draft.dispatch(step, slots.value);
  setQueueTimer(draft, node, step);
}

/** Sends the task of a queued step that has not been sent so far, although it was to be. */
export function sendAsItIs(draft: Draft, target: StepView, step: StepRecord): void {
  const { node, view, path } = target;
  const { action } = node;
  if (action.kind !== 'task') throw new Error(`${path} is a control node: nothing of it is ever sent`);
  const slots = evaluated(path, () => secretSlots(action.config, bindingsFor(draft, view)));
  if (slots.ok) draft.dispatch(step, slots.value);
  else failAgain(draft, target, step, slots.error);
}

function failAgain(draft: Draft, target: StepView, step: StepRecord, error: ErrorShape): void {
  const times: WorkTimes = { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: step.worker };
  failStep(draft, target, step, error, times, 'its configuration cannot be resolved any more');
}

function decideControl(draft: Draft, target: StepView, step: StepRecord, action: ControlAction, why: string): void {
  const { view, path } = target;
  const { at } = draft.moment;
  const verdict = evaluated(path, () => decideControlNode(draft, target, action, bindingsFor(draft, view)));
  if (!verdict.ok) {
    failStep(draft, target, step, verdict.error, untouched(draft), 'it cannot be decided');
    return;
  }
  const tried: StepRecord = { ...step, attempt: 1, generation: 1, queuedAt: at, startedAt: at, ...configOf(verdict.value) };
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
    case 'delayed':
      delayStep(draft, target, tried, verdict.value.until, why);
      return;
  }
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

function secretSlots(config: Template, bindings: Bindings): SecretSlot[] {
  return config.secretSlots(bindings).map(({ pointer, parts }) => ({ pointer, parts: [...parts] }));
}

function untouched(draft: Draft): WorkTimes {
  return { startedAt: null, finishedAt: draft.moment.at, worker: null };
}
