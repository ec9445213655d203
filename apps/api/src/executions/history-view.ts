import type { HistoryEntry } from '@jetsaga/contracts';
import { z } from 'zod';
import { anyJson } from '../http/any-json.ts';

export const historyView = z.object({
  seq: z.number().int(),
  at: z.iso.datetime(),
  type: z.string().describe('`execution.*`, `step.*` or `command.*`.'),
  path: z.string().optional(),
  attempt: z.number().int().optional(),
  by: z.string().optional(),
  data: anyJson.optional(),
});
export type HistoryView = z.infer<typeof historyView>;

export function viewHistory(entry: HistoryEntry): HistoryView {
  return { ...entry, at: new Date(entry.at).toISOString() };
}
