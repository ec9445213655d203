import { bulkActions, executionStatuses, type BulkFilter, type BulkJob, type CommandBody } from '@jetsaga/contracts';
import { z } from 'zod';
import { moment, several } from '../executions/execution-queries.ts';
import { isoTime } from '../http/time.ts';

/** As in the query of the search; what it does not know is refused, so that a slip of the pen does not widen it. */
const filter = z
  .object({
    workflow: z.string().max(200).optional(),
    status: several(executionStatuses).optional(),
    since: moment.optional(),
    until: moment.optional(),
    q: z.string().max(200).optional(),
    labels: z.record(z.string().min(1), z.string()).optional(),
  })
  .catchall(z.string())
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      const isKnown = name in filterNames || name.startsWith('label.');
      if (!isKnown) context.addIssue({ code: 'custom', path: [name], message: 'no such criterion' });
    }
    if (Object.keys(given).length === 0) context.addIssue({ code: 'custom', path: [], message: 'name at least one criterion' });
  })
  .transform(({ workflow, status, since, until, q, labels, ...rest }): BulkFilter => {
    const selected = Object.entries(rest).map(([name, value]) => [name.slice('label.'.length), value as string]);
    return { workflow, statuses: status, since, until, text: q, labels: { ...labels, ...Object.fromEntries(selected) } };
  });
const filterNames = { workflow: 1, status: 1, since: 1, until: 1, q: 1, labels: 1 };

export const bulkBody = z.strictObject({
  action: z.enum(bulkActions),
  filter: filter.describe('As in `GET /v1/executions`: workflow, status, label.<name>, since, until, q; one at least.'),
  reason: z.string().max(2000).optional().describe('Of a cancel or a pause.'),
  compensate: z.boolean().optional().describe('Of a cancel: whether completed steps are undone.'),
});
export type BulkBody = z.infer<typeof bulkBody>;

/** What every execution is told. */
export function commandOf({ action, reason, compensate = true }: BulkBody): CommandBody | null {
  const why = reason === undefined ? {} : { reason };
  switch (action) {
    case 'cancel':
      return { kind: 'cancel', compensate, ...why };
    case 'pause':
      return { kind: 'pause', ...why };
    case 'resume':
    case 'retry':
      return { kind: action };
    case 'delete':
      return null;
  }
}

export const bulkView = z.object({
  id: z.string(),
  action: z.enum(bulkActions),
  status: z.enum(['RUNNING', 'COMPLETED']),
  total: z.number().int().describe('Executions that took the action when it was given.'),
  done: z.number().int(),
  by: z.string(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
});
export type BulkView = z.infer<typeof bulkView>;

export function viewBulk({ id, action, status, total, done, by, givenAt, finishedAt }: BulkJob): BulkView {
  return { id, action, status, total, done, by, createdAt: new Date(givenAt).toISOString(), finishedAt: isoTime(finishedAt) };
}
