import { isTerminalExecution } from '@jetsaga/contracts';
import type { Plan } from '../definition/plan.ts';
import { advance } from './advance.ts';
import { Draft } from './draft.ts';
import { onCommand } from './on-command.ts';
import { onLost } from './on-lost.ts';
import { onReleased } from './on-released.ts';
import { onResult } from './on-result.ts';
import { onStarted } from './on-started.ts';
import { onTimer } from './on-timer.ts';
import { onTurn } from './on-turn.ts';
import type { Decision, ExecutionState, IgnoredReason, OpenedClaimChecks, SagaEvent } from './saga-types.ts';

/**
 * Decides what an event means for one execution: the next state and everything it causes, or why it means nothing. Pure: equal arguments
 * give equal decisions, and `state` is not touched; records that stay the same keep their identity.
 *
 * An expression that fails is the failure of its step. Throws ClaimCheckNeeded when an expression looks into a claim check that is not
 * in `opened`: load it and decide again. `progress` is applied without changing the state.
 */
export function transition(plan: Plan, state: ExecutionState, event: SagaEvent, opened: OpenedClaimChecks): Decision {
  if (isTerminalExecution(state.execution.status)) return { kind: 'ignored', reason: 'execution_terminal' };
  const draft = new Draft(plan, state, event, opened);
  const reason = react(draft, event);
  if (reason) return { kind: 'ignored', reason };
  advance(draft);
  return { kind: 'applied', ...draft.seal() };
}

function react(draft: Draft, event: SagaEvent): IgnoredReason | undefined {
  switch (event.kind) {
    case 'result':
      return onResult(draft, event.result);
    case 'started':
      return onStarted(draft, event.start);
    case 'timer':
      return onTimer(draft, event.timer);
    case 'command':
      return onCommand(draft, event.command);
    case 'lost':
      return onLost(draft, event.dispatch);
    case 'turn':
      return onTurn(draft, event.dispatch);
    case 'released':
      return onReleased(draft, event.task);
  }
}
