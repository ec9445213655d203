import { stepStatuses, type StepStatus } from '@jetsaga/contracts';
import type { ScopeCounts } from '@jetsaga/persistence';
import { z } from 'zod';

const counts = z.partialRecord(z.enum(stepStatuses), z.number().int());

export const scopeView = z.object({
  path: z.string(),
  handler: z.enum(['group', 'map']),
  status: z.enum(stepStatuses),
  total: z.number().int().optional().describe('Of a map: how many items it goes through.'),
  items: counts.optional().describe('Of a map: its items that have begun, by state.'),
  steps: counts.describe('The steps inside that have begun, however deep, by state.'),
});
export type ScopeView = z.infer<typeof scopeView>;

export function viewScope({ path, handler, status, total, items, steps }: ScopeCounts): ScopeView {
  const shown: Partial<Record<StepStatus, number>> = { ...steps };
  return handler === 'map'
    ? { path, handler, status, total, items: { ...items }, steps: shown }
    : { path, handler: 'group', status, steps: shown };
}
