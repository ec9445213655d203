import type { StepRecord } from '@jetsaga/contracts';
import { bindingsFor, evaluated } from './bindings.ts';
import type { Draft } from './draft.ts';
import { scopeAt, stepView } from './scope-view.ts';
import { secretSlots } from './secret-slots.ts';

/**
 * Tells the service that deferred this step that nobody waits for it any more: no handler of it runs, but an approval, a callback or a batch of
 * it may still be open somewhere. What it was told to do goes with it.
 */
export function cancelDeferred(draft: Draft, step: StepRecord): void {
  const view = scopeAt(draft.plan, step.scope);
  const target = view && stepView(view, step.node);
  if (!target || target.node.action.kind !== 'task') return;
  const { action, timeoutMs } = target.node;
  const slots = evaluated(target.path, () => secretSlots(action.config, bindingsFor(draft, target.view)));
  draft.cause({ kind: 'cancel_deferred', step, timeoutMs, secrets: slots.ok ? slots.value : [] });
}
