import assert from 'node:assert/strict';
import { parseStepPath, scopesAround, stepPath, type Json, type StepRecord } from '@jetsaga/contracts';
import { hasScopes } from '../src/definition/has-scopes.ts';
import type { Plan } from '../src/definition/plan.ts';
import type { Decision, ExecutionState, OpenedClaimChecks, SagaEvent } from '../src/saga/saga-types.ts';
import { AllStepsNeeded, ItemOutputsNeeded } from '../src/saga/steps-needed.ts';
import { transition } from '../src/saga/transition.ts';

/**
 * What is decided with the scopes around an event alone must be what is decided with all of them. Throws when it is not; where the
 * transition asks for all steps there is nothing to compare.
 */
export function checkPartialDecision(
  plan: Plan,
  state: ExecutionState,
  event: SagaEvent,
  opened: OpenedClaimChecks,
  full: Decision,
): void {
  if (!hasScopes(plan)) return;
  const around = new Set(scopesAround(scopeOf(event)));
  const steps = new Map([...state.steps].filter(([, step]) => around.has(step.scope)));
  const partial = decide(plan, { ...state, steps, isPartial: true }, event, new Map(opened), state);
  if (partial === undefined) return;
  assert.equal(partial.kind, full.kind);
  if (partial.kind === 'ignored' || full.kind === 'ignored') {
    assert.deepEqual(partial, full);
    return;
  }
  assert.deepEqual(partial.effects, full.effects, 'a partial decision causes the same');
  assert.deepEqual(partial.state.execution, full.state.execution);
  assert.deepEqual(changed(partial.state, steps), changed(full.state, state.steps), 'a partial decision changes the same steps');
}

function scopeOf(event: SagaEvent): string {
  switch (event.kind) {
    case 'result':
      return parseStepPath(event.result.path).scope;
    case 'started':
      return parseStepPath(event.start.path).scope;
    case 'lost':
    case 'withdrawn':
      return event.dispatch.scope;
    case 'timer':
      return event.timer.kind === 'map' ? stepPath(event.timer.scope, event.timer.node) : event.timer.scope;
    case 'command':
      return 'path' in event.command.body ? parseStepPath(event.command.body.path).scope : '';
  }
}

function decide(
  plan: Plan,
  state: ExecutionState,
  event: SagaEvent,
  opened: Map<string, Json>,
  all: ExecutionState,
): Decision | undefined {
  try {
    return transition(plan, state, event, opened);
  } catch (error) {
    if (error instanceof AllStepsNeeded) return undefined;
    if (!(error instanceof ItemOutputsNeeded) || opened.has(error.key)) throw error;
    const outputs = error.scopes.flatMap((scope): [string, Json][] => {
      const record = all.steps.get(`${scope}/`);
      return record?.status === 'COMPLETED' ? [[scope, record.output ?? null]] : [];
    });
    return decide(plan, state, event, opened.set(error.key, Object.fromEntries(outputs)), all);
  }
}

function changed(after: ExecutionState, before: ReadonlyMap<string, StepRecord>): [string, StepRecord][] {
  return [...after.steps].filter(([path, step]) => before.get(path) !== step).sort(([a], [b]) => (a < b ? -1 : 1));
}
