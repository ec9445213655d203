import assert from 'node:assert/strict';
import { isSettledStep, isTerminalExecution, stepPath, type StepRecord } from '@jetsaga/contracts';
import type { Plan } from '../src/definition/plan.ts';
import type { Effect, ExecutionState } from '../src/saga/saga-types.ts';

/** What must hold for every decision, whatever the definition and the event. Throws when it does not. */
export class LawBook {
  /** Tasks sent, in order: `path#attempt.dispatch`. */
  readonly dispatched: string[] = [];
  private readonly timers = new Map<string, number>();
  private seq = 0;
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  check(before: ExecutionState | null, after: ExecutionState, effects: readonly Effect[]): void {
    this.checkHistory(after, effects);
    this.checkTasks(before, after, effects);
    this.checkTimers(after, effects);
    for (const [path, step] of after.steps) checkStep(path, step, before?.steps.get(path));
    this.checkEnd(after);
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
        assert.ok(step && step.status === 'QUEUED', `${effect.path} is sent, so it is QUEUED`);
        const id = `${effect.path}#${step.attempt}.${step.dispatch}`;
        assert.ok(!this.dispatched.includes(id), `${id} is sent once`);
        this.dispatched.push(id);
        sent.add(effect.path);
      }
      if (effect.kind === 'withdraw') {
        const path = stepPath(effect.dispatch.scope, effect.dispatch.node);
        const old = before?.steps.get(path);
        assert.ok(
          old && !isSettledStep(old.status) && old.attempt === effect.dispatch.attempt,
          `${path} was out when it was withdrawn`,
        );
        assert.ok(!sent.has(path), `${path} is not sent and withdrawn at once`);
      }
    }
    for (const [path, step] of after.steps) {
      const held = effects.some((effect) => effect.kind === 'hold' && effect.path === path);
      const isNew = step !== before?.steps.get(path) && step.status === 'QUEUED';
      if (isNew) assert.ok(sent.has(path) !== held, `${path} was queued, so it is sent or held`);
      const wasOut = before?.steps.get(path);
      if (
        after.execution.ending &&
        !before?.execution.ending &&
        wasOut?.status === 'QUEUED' &&
        wasOut.dispatch > 0 &&
        step.status === 'CANCELLED'
      ) {
        const taken = effects.some((effect) => effect.kind === 'withdraw' && effect.dispatch.node === step.node);
        assert.ok(taken, `${path} was queued and cancelled, so it is withdrawn`);
      }
    }
  }

  private checkTimers(after: ExecutionState, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'set_timer' && effect.kind !== 'clear_timer') continue;
      const { scope, node, kind } = effect.timer;
      const key = `${node === '' ? '' : stepPath(scope, node)} ${kind}`;
      if (effect.kind === 'set_timer') this.timers.set(key, effect.timer.dueAt);
      else assert.ok(this.timers.delete(key), `${key} was set, so that it can be cleared`);
    }
    for (const key of this.timers.keys()) {
      const [path = '', kind] = key.split(' ');
      const step = after.steps.get(path);
      assert.ok(path === '' || (step && !isSettledStep(step.status)), `${key} belongs to a step that is open`);
      if (kind === 'retry') assert.equal(step?.status, 'RETRYING');
      if (kind === 'delay') assert.equal(step?.status, 'WAITING');
      if (kind === 'queue_timeout') assert.equal(step?.status, 'QUEUED');
    }
    for (const step of after.steps.values()) {
      const path = stepPath(step.scope, step.node);
      if (step.status === 'RETRYING') assert.ok(this.timers.has(`${path} retry`), `${path} waits for a retry that will come`);
      if (step.status === 'WAITING' && step.queue === null) assert.ok(this.timers.has(`${path} delay`));
    }
  }

  private checkEnd({ execution, steps }: ExecutionState): void {
    const open = [...steps.values()].filter((step) => !isSettledStep(step.status));
    if (!isTerminalExecution(execution.status)) {
      assert.ok(open.length > 0, 'an execution that is not over waits for something');
      return;
    }
    assert.deepEqual(open, [], 'nothing is open after the end');
    assert.equal(steps.size, this.plan.root.nodes.size, 'every node has its end on record');
    assert.equal(execution.ending, null);
    assert.equal(this.timers.size, 0, `no timer is left: ${[...this.timers.keys()].join(', ')}`);
    assert.equal(execution.status === 'COMPLETED', execution.error === undefined);
    assert.ok(execution.finishedAt !== null);
  }
}

function checkStep(path: string, step: StepRecord, before: StepRecord | undefined): void {
  assert.equal(path, stepPath(step.scope, step.node));
  const settled = isSettledStep(step.status);
  assert.equal(step.settledSeq !== null, settled, `${path} has a settling sequence exactly when it has settled`);
  assert.equal(step.finishedAt !== null, settled);
  if (settled) assert.equal(step.waitingFor, null);
  if (!before || before === step) return;
  assert.ok(!isSettledStep(before.status), `${path} was ${before.status} and does not change any more`);
  assert.ok(step.attempt >= before.attempt && step.generation >= before.generation, `${path} counts upwards`);
}
