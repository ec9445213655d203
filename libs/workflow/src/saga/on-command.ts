import type { CommandRecord, ErrorShape } from '@jetsaga/contracts';
import { retryCompensation, waiveCompensation } from './compensation/on-compensation-command.ts';
import type { Draft } from './draft.ts';
import { pause, resume } from './pausing.ts';
import { retryExecution } from './retry-execution.ts';
import { onSignal } from './on-signal.ts';
import { onEvent } from './on-event.ts';
import { onTaskCommand } from './on-task-command.ts';
import type { IgnoredReason } from './saga-types.ts';
import { beginCancelling } from './winding-down.ts';

/** What an operator asked for. */
export function onCommand(draft: Draft, command: CommandRecord): IgnoredReason | undefined {
  const { body, by } = command;
  switch (body.kind) {
    case 'cancel': {
      if (draft.execution.status === 'COMPENSATING') return 'wrong_state';
      const { reason, compensate } = body;
      draft.happened('command.cancel', { by, data: { compensate, ...(reason !== undefined && { reason }) } });
      const error: ErrorShape = { code: 'CANCELLED', message: reason ?? `cancelled by ${by}`, details: { by } };
      beginCancelling(draft, error, compensate);
      return undefined;
    }
    case 'pause':
      return pause(draft, body.reason, by);
    case 'resume':
      return resume(draft, by);
    case 'retry':
      return retryExecution(draft, body.input ?? {}, by);
    case 'retry_compensation':
      return retryCompensation(draft, body, by);
    case 'waive_compensation':
      return waiveCompensation(draft, body, by);
    case 'signal':
      return onSignal(draft, command);
    case 'complete_task':
    case 'fail_task':
      return onTaskCommand(draft, command);
    case 'event':
      return onEvent(draft, command);
  }
}
