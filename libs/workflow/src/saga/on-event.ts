import type { CommandRecord, Json } from '@jetsaga/contracts';
import { bindingsFor, evaluated } from './bindings.ts';
import type { Draft } from './draft.ts';
import { locateOpenStep } from './locate-step.ts';
import type { IgnoredReason } from './saga-types.ts';
import { completeStep } from './settle-step.ts';

/**
 * An event came that has what the step at this path waits for; its filter has the last word. A filter that cannot be evaluated for an event lets it
 * pass by: whoever publishes events must not be able to fail the step.
 */
export function onEvent(draft: Draft, { body }: CommandRecord): IgnoredReason | undefined {
  if (body.kind !== 'event') return 'wrong_state';
  const located = locateOpenStep(draft, body.path);
  if ('ignored' in located) return located.ignored;
  const { target, step } = located;
  const { action } = target.node;
  if (step.status !== 'WAITING' || action.kind !== 'wait_for_event') return 'wrong_state';
  const event = body.event as Json;
  const { filter } = action;
  if (filter) {
    const met = evaluated(target.path, () => filter.evaluate(bindingsFor(draft, target.view, { event })));
    if (!met.ok || met.value !== true) return 'filter_not_met';
  }
  completeStep(draft, target, step, {
    result: { event },
    branch: 'received',
    times: { startedAt: step.startedAt, finishedAt: draft.moment.at, worker: null },
    data: { why: 'the event came', event: body.event.id, source: body.event.source },
  });
  return undefined;
}
