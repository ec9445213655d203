import { stepPath, type Actor, type Json, type StepRecord } from '@jetsaga/contracts';
import { beginScope } from './advance.ts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import { rootView, scopeAt, type ScopeView } from './scope-view.ts';
import { setExecutionTimeout } from './step-timers.ts';

/**
 * A terminal execution goes on: its failed and cancelled steps are open again, the skipped ones that hang on them, and every step that was
 * undone with all that hangs on it. Attempts count on, so that nothing old can be taken for new; the next attempt has another idempotency
 * key. `overrides` are laid over the configuration of the steps named, when they are scheduled.
 */
export function retryExecution(draft: Draft, overrides: Readonly<Record<string, Json>>, by: Actor): IgnoredReason | undefined {
  const { status } = draft.execution;
  if (status !== 'FAILED' && status !== 'TIMED_OUT' && status !== 'CANCELLED') return 'wrong_state';
  const open = openAgain(draft);
  draft.happened('command.retry', { by, ...(Object.keys(overrides).length > 0 && { data: { input: overrides } }) });
  draft.change({ status: 'RUNNING', output: undefined, error: undefined, ending: null, finishedAt: null });
  draft.happened('execution.resumed', { notice: 'resumed', noticeData: { by } });
  setExecutionTimeout(draft);
  for (const [path, step] of open) {
    const again = reopened(step, Object.hasOwn(overrides, path) ? overrides[path] : undefined);
    draft.happened('step.reopened', { step: again, data: { why: `it was ${step.status}` } });
    draft.put(again);
  }
  const settled = [...draft.steps.values()].filter((step) => step.settledSeq !== null);
  draft.settledNow.push(...settled.sort((a, b) => (a.settledSeq ?? 0) - (b.settledSeq ?? 0)));
  draft.mayBeOver = true;
  beginScope(draft, rootView(draft.plan));
  return undefined;
}

function openAgain(draft: Draft): Map<string, StepRecord> {
  const open = new Map<string, StepRecord>();
  for (const step of draft.steps.values()) {
    switch (step.status) {
      case 'FAILED':
      case 'CANCELLED':
        open.set(stepPath(step.scope, step.node), step);
        addDependents(draft, step, open, (dependent) => dependent.status === 'SKIPPED');
        break;
      case 'COMPENSATED':
      case 'COMPENSATION_FAILED':
        open.set(stepPath(step.scope, step.node), step);
        addDependents(draft, step, open, () => true);
        break;
      case 'PENDING':
      case 'QUEUED':
      case 'RUNNING':
      case 'RETRYING':
      case 'WAITING':
      case 'COMPLETED':
      case 'SKIPPED':
      case 'COMPENSATING':
        break;
    }
  }
  return open;
}

/** All that hangs on the step, over as many edges as lead there through steps that are chosen. */
function addDependents(
  draft: Draft,
  from: StepRecord,
  open: Map<string, StepRecord>,
  choose: (step: StepRecord) => boolean,
): void {
  const view = scopeAt(draft.plan, from.scope);
  const seen = new Set<string>([from.node]);
  for (const id of seen) {
    for (const dependent of dependents(view, id)) {
      const step = draft.step(stepPath(from.scope, dependent));
      if (!step || seen.has(dependent) || !choose(step)) continue;
      seen.add(dependent);
      open.set(stepPath(step.scope, step.node), step);
    }
  }
}

function dependents(view: ScopeView | undefined, id: string): string[] {
  return view?.scope.nodes.get(id)?.outgoing.map((edge) => edge.to) ?? [];
}

/** PENDING, and remembers how often it was tried; until it is scheduled, `config` holds what is laid over its configuration. */
function reopened(step: StepRecord, override: Json | undefined): StepRecord {
  const { executionId, scope, node, handler, queue, attempt, generation, undo } = step;
  const isUndone = step.status === 'COMPENSATED' || step.status === 'COMPENSATION_FAILED';
  const past = isUndone
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
