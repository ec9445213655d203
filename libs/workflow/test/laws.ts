import assert from 'node:assert/strict';
import { isSettledStep, isTerminalExecution, stepPath, type StepRecord, type TimerRecord } from '@jetsaga/contracts';
import type { Plan } from '../src/definition/plan.ts';
import type { Effect, ExecutionState } from '../src/saga/saga-types.ts';

/** What must hold for every decision, whatever the definition and the event. Throws when it does not. */
export class LawBook {
  /** Tasks sent, in order: `path#attempt.dispatch`. */
  readonly dispatched: string[] = [];
  private readonly timers = new Map<string, number>();
  private seq = 0;
  /** Every signal that was ever kept. */
  private readonly signals = new Set<string>();
  /** No step has a condition that could refuse one. */
  private readonly takesAll: boolean;
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
    this.takesAll = [...plan.root.nodes.values()].every(({ action }) => action.kind !== 'wait_for_signal' || !action.condition);
  }

  check(before: ExecutionState | null, after: ExecutionState, effects: readonly Effect[]): void {
    this.checkHistory(after, effects);
    this.checkTasks(before, after, effects);
    this.checkTimers(after, effects);
    const isRetry = effects.some((effect) => effect.kind === 'history' && effect.entry.type === 'command.retry');
    for (const [path, step] of after.steps) checkStep(path, step, before?.steps.get(path), isRetry);
    this.checkSignals(before, after);
    this.checkEnd(after);
  }

  /** By the transaction of another execution. */
  timerSetElsewhere({ scope, node, kind, dueAt }: TimerRecord): void {
    this.timers.set(`${stepPath(scope, node)} ${kind}`, dueAt);
  }

  private checkHistory(after: ExecutionState, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'history') assert.equal(effect.entry.seq, (this.seq += 1), 'history sequences have no gaps');
      if (effect.kind === 'lifecycle')
        assert.equal(effect.notice.historySeq, this.seq, 'a notice carries the sequence of its entry');
      if (effect.kind === 'lifecycle' && this.plan.lifecycle === 'executions') assert.equal(effect.notice.path, undefined);
    }
    assert.equal(after.execution.historySeq, this.seq);
  }

  private checkTasks(before: ExecutionState | null, after: ExecutionState, effects: readonly Effect[]): void {
    const sent = new Set<string>();
    for (const effect of effects) {
      if (effect.kind === 'dispatch') {
        const step = after.steps.get(effect.path);
        const isDue = step && (effect.undo ? step.status === 'COMPENSATING' && step.dispatch > 0 : step.status === 'QUEUED');
        assert.ok(isDue, `${effect.path} is sent, so it is QUEUED, or COMPENSATING`);
        const id = `${effect.path}#${step.attempt}.${step.dispatch}`;
        assert.ok(!this.dispatched.includes(id), `${id} is sent once`);
        this.dispatched.push(id);
        sent.add(effect.path);
      }
      if (effect.kind === 'withdraw') {
        const path = stepPath(effect.dispatch.scope, effect.dispatch.node);
        const old = before?.steps.get(path);
        assert.ok(
          old && (!isSettledStep(old.status) || old.status === 'COMPENSATING') && old.attempt === effect.dispatch.attempt,
          `${path} was out when it was withdrawn`,
        );
        assert.ok(!sent.has(path), `${path} is not sent and withdrawn at once`);
      }
    }
    for (const [path, step] of after.steps) {
      const isNew = step !== before?.steps.get(path) && step.status === 'QUEUED';
      if (isNew) assert.ok(sent.has(path), `${path} was queued, so it is sent`);
      const wasOut = before?.steps.get(path);
      if (after.execution.ending && !before?.execution.ending && wasOut?.status === 'QUEUED' && step.status === 'CANCELLED') {
        const taken = effects.some((effect) => effect.kind === 'withdraw' && effect.dispatch.node === step.node);
        assert.ok(taken, `${path} was queued and cancelled, so it is withdrawn`);
      }
    }
  }

  private checkTimers(after: ExecutionState, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'set_timer' && effect.kind !== 'clear_timer') continue;
      if (effect.timer.executionId !== after.execution.id) continue;
      const { scope, node, kind } = effect.timer;
      const key = `${node === '' ? '' : stepPath(scope, node)} ${kind}`;
      if (effect.kind === 'set_timer') this.timers.set(key, effect.timer.dueAt);
      else assert.ok(this.timers.delete(key), `${key} was set, so that it can be cleared`);
    }
    for (const key of this.timers.keys()) {
      const [path = '', kind] = key.split(' ');
      const step = after.steps.get(path);
      const isToBeUndone = step?.status === 'COMPENSATING' || step?.undo?.awaited;
      assert.ok(path === '' || (step && (!isSettledStep(step.status) || isToBeUndone)), `${key} belongs to a step that is open`);
      if (kind === 'retry') assert.ok(step?.status === 'RETRYING' || (step?.status === 'COMPENSATING' && step.dispatch === 0));
      if (kind === 'outcome') assert.ok(step?.undo?.awaited);
      if (kind === 'delay') assert.equal(step?.status, 'WAITING');
      if (kind === 'queue_timeout') assert.equal(step?.status, 'QUEUED');
    }
    for (const step of after.steps.values()) {
      const path = stepPath(step.scope, step.node);
      if (step.status === 'RETRYING') assert.ok(this.timers.has(`${path} retry`), `${path} waits for a retry that will come`);
      if (step.status === 'WAITING' && step.handler === 'delay') assert.ok(this.timers.has(`${path} delay`));
    }
  }

  private checkSignals(before: ExecutionState | null, { execution, signals = [], steps }: ExecutionState): void {
    if (isTerminalExecution(execution.status)) assert.deepEqual(signals, [], 'an execution that has ended keeps no signal');
    const known = new Set(before?.signals?.map(({ id }) => id));
    const left = new Set(signals.map(({ id }) => id));
    assert.equal(left.size, signals.length, 'a signal is kept once');
    for (const { id } of signals) {
      assert.ok(known.has(id) || !this.signals.has(id), `signal ${id} was taken, and does not come back`);
      this.signals.add(id);
    }
    const waiting = [...steps.values()].filter(({ status, handler }) => status === 'WAITING' && handler === 'wait_for_signal');
    const names = new Set(waiting.map(({ config }) => (config as { name: string }).name));
    assert.ok(!this.takesAll || signals.every(({ name }) => !names.has(name)), 'no step waits for a signal that is kept');
  }

  private checkEnd({ execution, steps }: ExecutionState): void {
    const open = [...steps.values()].filter((step) => !isSettledStep(step.status));
    if (!isTerminalExecution(execution.status)) {
      const undoing = [...steps.values()].filter(
        ({ status, undo }) => undo?.awaited || status === 'COMPENSATING' || (status === 'COMPENSATION_FAILED' && !undo?.waived),
      );
      const isUndoing = execution.status === 'COMPENSATING';
      const isWaiting = isUndoing ? undoing.length > 0 : open.length > 0 || execution.status === 'PAUSED';
      assert.ok(isWaiting, 'an execution that is not over waits for something');
      assert.ok(undoing.filter(({ status }) => status === 'COMPENSATING').length <= 1, 'steps are undone one after the other');
      return;
    }
    assert.deepEqual(open, [], 'nothing is open after the end');
    const atRoot = [...steps.values()].filter(({ scope }) => scope === '');
    assert.equal(atRoot.length, this.plan.root.nodes.size, 'every node of the root has its end on record');
    assert.equal(execution.ending, null);
    assert.equal(this.timers.size, 0, `no timer is left: ${[...this.timers.keys()].join(', ')}`);
    assert.equal(execution.status === 'COMPLETED', execution.error === undefined);
    assert.ok(execution.finishedAt !== null);
  }
}

function checkStep(path: string, step: StepRecord, before: StepRecord | undefined, isRetry: boolean): void {
  assert.equal(path, stepPath(step.scope, step.node));
  const settled = isSettledStep(step.status);
  // A scope's own record is no step of the history.
  if (step.node !== '')
    assert.equal(step.settledSeq !== null, settled, `${path} has a settling sequence exactly when it has settled`);
  assert.equal(step.finishedAt !== null, settled);
  if (settled && step.status !== 'COMPENSATING') assert.equal(step.waitingFor, null);
  if (!before || before === step) return;
  assert.ok(
    !isSettledStep(before.status) || isRetry || isUndone(step, before),
    `${path} was ${before.status} and does not change any more`,
  );
  assert.ok(step.attempt >= before.attempt && step.generation >= before.generation, `${path} counts upwards`);
}

/** A settled step changes for its compensation, where it keeps what it did, or when an operator opens it again. */
function isUndone(step: StepRecord, before: StepRecord): boolean {
  const isUndoing = step.status.startsWith('COMPENS') || before.status.startsWith('COMPENS');
  const isLate = before.status !== 'COMPLETED' && step.status === 'COMPLETED';
  return isLate || isUndoing || (step.status === before.status && step.undo !== before.undo);
}
