import type { CommandRecord, ErrorShape } from '@jetsaga/contracts';
import type { Draft } from './draft.ts';
import type { IgnoredReason } from './saga-types.ts';
import { beginCancelling } from './winding-down.ts';

/** What an operator asked for. */
export function onCommand(draft: Draft, { body, by }: CommandRecord): IgnoredReason | undefined {
  switch (body.kind) {
    case 'cancel': {
      const { reason, compensate } = body;
      draft.happened('command.cancel', { by, data: { compensate, ...(reason !== undefined && { reason }) } });
      const error: ErrorShape = { code: 'CANCELLED', message: reason ?? `cancelled by ${by}`, details: { by } };
      beginCancelling(draft, error, compensate);
      return undefined;
    }
  }
}
