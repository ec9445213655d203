import type { CommandRecord, ErrorShape } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
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
      const { reason, compensate } = body;
      draft.happened('command.cancel', { by, data: { compensate, ...(reason !== undefined && { reason }) } });
      const error: ErrorShape = { code: 'CANCELLED', message: reason ?? `cancelled by ${by}`, details: { by } };
      beginCancelling(draft, error, compensate);
      return undefined;
    }
    case 'signal':
      return onSignal(draft, command);
    case 'complete_task':
    case 'fail_task':
      return onTaskCommand(draft, command);
    case 'event':
      return onEvent(draft, command);
  }
}
