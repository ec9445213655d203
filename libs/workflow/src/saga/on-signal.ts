import { stepPath, type CommandRecord, type JsonObject, type SignalRecord, type StepRecord } from '@jetsaga/contracts';
import { meetsCondition, receiveSignal } from './await-signal.ts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import { scopeAt, stepView, type StepView } from './scope-view.ts';

/** A signal goes to the step that has waited longest among those that may take it; one that nobody takes now is kept for later. */
export function onSignal(draft: Draft, { id, executionId, body, by, at }: CommandRecord): IgnoredReason | undefined {
  if (body.kind !== 'signal') return 'wrong_state';
  const signal: SignalRecord = { id, executionId, name: body.name, payload: body.payload, receivedAt: at };
  const taker = waitingFor(draft, signal.name).find(({ target }) => meetsCondition(draft, target, signal));
  const fate: JsonObject = taker ? { takenBy: taker.target.path } : { kept: draft.plan.waits.signals };
  draft.happened('command.signal', { by, data: { name: signal.name, ...fate } });
  if (taker) receiveSignal(draft, taker.target, taker.step, signal, 'the signal came');
  else if (draft.plan.waits.signals) draft.keepSignal(signal);
  return undefined;
}

interface Waiting {
  readonly target: StepView;
  readonly step: StepRecord;
}

/** Steps that wait for a signal of this name, longest first. */
function waitingFor(draft: Draft, name: string): Waiting[] {
  const found: Waiting[] = [];
  for (const step of draft.steps.values()) {
    if (step.status !== 'WAITING' || step.handler !== 'wait_for_signal') continue;
    const view = scopeAt(draft.plan, step.scope);
    const target = view && stepView(view, step.node);
    if (target && signalNameOf(step) === name) found.push({ target, step });
  }
  return found.sort((a, b) => (a.step.queuedAt ?? 0) - (b.step.queuedAt ?? 0) || (pathOf(a.step) < pathOf(b.step) ? -1 : 1));
}

function pathOf({ scope, node }: StepRecord): string {
  return stepPath(scope, node);
}

function signalNameOf({ config }: StepRecord): unknown {
  return typeof config === 'object' && config !== null && !Array.isArray(config) ? config.name : undefined;
}
